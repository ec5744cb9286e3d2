#include "products/recommend/serve/experiment.h"

#include "base/hash.h"

namespace yupu::recommend {

std::string_view arm_name(Arm arm) { return arm == Arm::kChampion ? "champion" : "challenger"; }

Arm arm_of(const Experiment& experiment, std::string_view user) {
  const Digest digest = Sha256().field(experiment.name).field(user).finish();
  std::uint64_t drawn = 0;
  for (std::size_t byte = 0; byte < sizeof(drawn); ++byte) drawn = drawn << 8 | digest[byte];
  return static_cast<double>(drawn >> 11) * 0x1.0p-53 < experiment.share ? Arm::kChallenger : Arm::kChampion;
}

}  // namespace yupu::recommend
