#include "serving/ranker_model.h"

#include <utility>

#include "base/check.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::serving {
namespace {

class RankerModel final : public TextModel {
 public:
  RankerModel(std::unique_ptr<const tasks::PairModel> pairs, engine::ExecutionContext& context)
      : pairs_(std::move(pairs)), context_(context) {
    card_.ranks_pairs = true;
  }

  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return pairs_->classifier().weights_sha256(); }
  // A text alone is asked after nothing.
  text::Encoding encode(std::string_view text) const override { return pairs_->encode("", text); }
  text::Encoding encode_pair(std::string_view first, std::string_view second) const override {
    return pairs_->encode(first, second);
  }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    YUPU_ASSIGN_OR_RETURN(std::vector<std::vector<float>> rows,
                          pairs_->classifier().logits(context_, encodings_of(texts)));
    for (std::vector<float>& row : rows) {
      const std::optional<double> relevance = pairs_->relevance(row);
      CHECK(relevance, "load_ranker lets no other model in");
      row = {static_cast<float>(*relevance)};
    }
    return rows;
  }

 private:
  std::unique_ptr<const tasks::PairModel> pairs_;
  engine::ExecutionContext& context_;
  ModelCard card_;
};

}  // namespace

Result<std::unique_ptr<TextModel>> load_ranker(const std::string& directory, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::PairModel> pairs, tasks::PairModel::load(directory));
  if (pairs->target() == tasks::PairTarget::kClasses && !pairs->positive()) {
    return invalid_argument(directory + "/yupu.json: no label is the positive one: texts cannot be ranked by it",
                            "positive");
  }
  return std::unique_ptr<TextModel>(std::make_unique<RankerModel>(std::move(pairs), context));
}

}  // namespace yupu::serving
