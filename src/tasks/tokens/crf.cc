#include "tasks/tokens/crf.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "engine/ops/add/add.h"
#include "engine/ops/linear_chain/linear_chain.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kFile = "crf.safetensors";
// exp(-1e4) is 0 in 64 bits, and a sum of thousands of them is far from what f32 cannot hold.
constexpr float kForbidden = -1e4f;

engine::Tensor penalties(const std::vector<double>& legal, const engine::Shape& shape) {
  engine::Tensor tensor = engine::Tensor::zeros(shape);
  for (std::size_t i = 0; i < legal.size(); ++i) tensor.f32()[i] = std::isfinite(legal[i]) ? 0.0f : kForbidden;
  return tensor;
}

std::vector<double> within(const std::vector<double>& legal, const engine::Tensor& scores) {
  std::vector<double> out = legal;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += double{scores.f32()[i]};
  return out;
}

std::unique_ptr<engine::Parameter> scores(const char* name, const engine::Shape& shape) {
  return std::make_unique<engine::Parameter>(name, engine::Tensor::zeros(shape), false);
}

}  // namespace

Crf::Crf(Transitions legal) : legal_(std::move(legal)) {
  const auto tags = static_cast<std::int64_t>(legal_.tag_count);
  forbidden_between_ = penalties(legal_.between, {tags, tags});
  forbidden_start_ = penalties(legal_.start, {tags});
  forbidden_end_ = penalties(legal_.end, {tags});
  between_ = scores("crf.between", {tags, tags});
  start_ = scores("crf.start", {tags});
  end_ = scores("crf.end", {tags});
}

engine::Var Crf::loss(const engine::Var& emission, std::span<const std::int32_t> cu_words,
                      std::span<const std::int32_t> labels) const {
  engine::Tape& tape = emission.tape();
  const auto kept_legal = [&](engine::Parameter& parameter, const engine::Tensor& forbidden) {
    return engine::add(tape.leaf(parameter), tape.constant(forbidden));
  };
  return engine::linear_chain_loss(emission,
                                   {.between = kept_legal(*between_, forbidden_between_),
                                    .start = kept_legal(*start_, forbidden_start_),
                                    .end = kept_legal(*end_, forbidden_end_)},
                                   cu_words, labels);
}

Transitions Crf::transitions() const {
  return {.tag_count = legal_.tag_count,
          .start = within(legal_.start, start_->value),
          .end = within(legal_.end, end_->value),
          .between = within(legal_.between, between_->value)};
}

Status Crf::save(const std::string& directory) const {
  const std::vector<std::pair<std::string, engine::Tensor>> tensors = {
      {"between", between_->value}, {"start", start_->value}, {"end", end_->value}};
  return model::write_safetensors(fmt::format("{}/{}", directory, kFile), tensors);
}

Status Crf::load(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const model::Safetensors file,
                        model::Safetensors::open(fmt::format("{}/{}", directory, kFile)));
  const std::pair<const char*, engine::Parameter*> wanted[] = {
      {"between", between_.get()}, {"start", start_.get()}, {"end", end_.get()}};
  for (const auto& [name, parameter] : wanted) {
    const model::TensorEntry* entry = file.find(name);
    if (entry == nullptr || entry->element_count() != parameter->value.element_count()) {
      return invalid_argument(fmt::format("{}: tensor \"{}\" is missing or not {}", file.where(), name,
                                          parameter->value.shape().to_text()));
    }
    YUPU_RETURN_IF_ERROR(model::copy_to_f32(*entry, parameter->value.values(), file.where()));
    for (const float value : parameter->value.values()) {
      if (!std::isfinite(value))
        return invalid_argument(fmt::format("{}: tensor \"{}\" has a value that is no number", file.where(), name));
    }
    parameter->value_changed();
  }
  return ok_status();
}

Status Crf::remove(const std::string& directory) { return remove_tree(fmt::format("{}/{}", directory, kFile)); }

}  // namespace yupu::tasks
