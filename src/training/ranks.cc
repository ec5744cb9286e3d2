#include "training/ranks.h"

#include <algorithm>

#include "base/file.h"
#include "base/hash.h"
#include "engine/device/cpu/instruction_set.h"

namespace yupu::training {
namespace {

Status require_equal_hash(engine::Collective& collective, const char* what, Sha256& hash) {
  const Status status = engine::require_equal(collective, {{what, hash.finish_hex()}});
  if (status.code() != Code::kConflict) return status;
  return internal_error(status.message() + ": the ranks have drifted apart and their result would be worthless");
}

std::string_view bytes_of(const engine::Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes()), tensor.byte_count()};
}

// Rows of `width` numbers, those of every ranks-th text computed here.
Result<std::vector<std::vector<float>>> shared_rows(engine::Collective& collective, const tasks::LogitsSource& source,
                                                    std::span<const text::Encoding> texts, std::size_t width) {
  const auto ranks = static_cast<std::size_t>(collective.size());
  std::vector<text::Encoding> mine;
  for (auto i = static_cast<std::size_t>(collective.rank()); i < texts.size(); i += ranks) mine.push_back(texts[i]);
  YUPU_ASSIGN_OR_RETURN(const auto computed, source(mine));
  std::vector<float> all(texts.size() * width, 0.0f);  // others' rows are zero: the sum is exact
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const std::size_t row = static_cast<std::size_t>(collective.rank()) + i * ranks;
    std::copy(computed[i].begin(), computed[i].end(), all.begin() + static_cast<std::ptrdiff_t>(row * width));
  }
  YUPU_RETURN_IF_ERROR(collective.begin_sum(all));
  YUPU_RETURN_IF_ERROR(collective.finish_sums());
  std::vector<std::vector<float>> rows(texts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * width);
    rows[i].assign(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return rows;
}

}  // namespace

Status share_weights(engine::Collective& collective, engine::AdamW& optimizer) {
  if (collective.size() == 1) return ok_status();
  for (engine::Parameter* parameter : optimizer.parameters()) {
    if (!parameter->trainable) continue;
    YUPU_RETURN_IF_ERROR(engine::broadcast(collective, parameter->value));
    parameter->value_changed();
  }
  return ok_status();
}

Status share_restored(engine::Collective& collective, engine::AdamW& optimizer, std::optional<Position>& restored,
                      std::span<const NamedTensor> also) {
  if (collective.size() == 1) return ok_status();
  std::string text = restored ? to_text(json_of(*restored)) : "";
  YUPU_RETURN_IF_ERROR(engine::broadcast(collective, text));
  if (text.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(text));
  YUPU_ASSIGN_OR_RETURN(restored, position_of(json, "the position that rank 0 sent"));
  YUPU_RETURN_IF_ERROR(share_weights(collective, optimizer));
  for (const auto& [name, tensor] : optimizer.state()) YUPU_RETURN_IF_ERROR(engine::broadcast(collective, tensor));
  for (const auto& [name, tensor] : also) YUPU_RETURN_IF_ERROR(engine::broadcast(collective, tensor));
  optimizer.set_step_count(restored->step);
  return ok_status();
}

Status require_equal_weights(engine::Collective& collective, const engine::AdamW& optimizer) {
  if (collective.size() == 1) return ok_status();
  Sha256 hash;
  for (const engine::Parameter* parameter : optimizer.parameters()) {
    if (parameter->trainable) hash.update(bytes_of(parameter->value));
  }
  return require_equal_hash(collective, "weights", hash);
}

Status require_equal_masks(engine::Collective& collective, std::span<const NamedTensor> allocator_state) {
  if (collective.size() == 1) return ok_status();
  Sha256 hash;
  for (const auto& [name, tensor] : allocator_state) {
    if (name.ends_with(".mask")) hash.update(bytes_of(tensor));
  }
  return require_equal_hash(collective, "live ranks (AdaLoRA)", hash);
}

Result<engine::Facts> program_facts() {
  YUPU_ASSIGN_OR_RETURN(std::string program, file_sha256("/proc/self/exe"));
  return engine::Facts{{"program", std::move(program)}, {"instruction set", engine::instruction_set()}};
}

tasks::LogitsSource logits_over(engine::Collective& collective, const tasks::Classifier& classifier,
                                engine::ExecutionContext& context) {
  const tasks::LogitsSource mine = tasks::logits_on(classifier, context);
  if (collective.size() == 1) return mine;
  return [&, mine](std::span<const text::Encoding> texts) {
    return shared_rows(collective, mine, texts, classifier.row_width());
  };
}

tasks::LogitsSource pooled_over(engine::Collective& collective, const tasks::Classifier& classifier,
                                engine::ExecutionContext& context) {
  const tasks::LogitsSource mine = [&](std::span<const text::Encoding> texts) {
    return classifier.pooled(context, texts);
  };
  if (collective.size() == 1) return mine;
  return [&, mine](std::span<const text::Encoding> texts) {
    return shared_rows(collective, mine, texts, static_cast<std::size_t>(classifier.config().hidden_size));
  };
}

}  // namespace yupu::training
