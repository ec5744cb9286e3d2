#include "tasks/classify/int8_copy.h"

#include <utility>

#include "model/adapters/adapter.h"

namespace yupu::tasks {

Status quantise_with_lineage(Classifier& classifier) {
  const std::string original = classifier.weights_sha256();
  const std::string base = model::base_fingerprint(*classifier.encoder());
  YUPU_RETURN_IF_ERROR(classifier.quantise());
  Json lineage = classifier.lineage();
  lineage["quantized_from_weights_sha256"] = original;
  lineage["quantized_from_base_sha256"] = base;
  classifier.set_lineage(std::move(lineage));
  return ok_status();
}

}  // namespace yupu::tasks
