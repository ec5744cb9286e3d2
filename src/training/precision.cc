#include "training/precision.h"

#include <fmt/format.h>

namespace yupu::training {

engine::Precision usable_precision(engine::Precision asked, handoff::Progress& progress) {
  const engine::Precision used = engine::supported_precision(asked);
  if (used != asked) {
    progress.note(fmt::format("precision: this processor does not multiply {0} (AVX512_BF16): {1} is used instead",
                              engine::precision_name(asked), engine::precision_name(used)));
  }
  return used;
}

}  // namespace yupu::training
