#include "serving/classifier_model.h"

#include <optional>
#include <utility>

#include "tasks/classify/classifier.h"

namespace yupu::serving {
namespace {

constexpr double kNothingReaches = 2.0;  // no probability does

class ClassifierModel final : public TextModel {
 public:
  ClassifierModel(std::unique_ptr<const tasks::Classifier> classifier, engine::ExecutionContext& context)
      : classifier_(std::move(classifier)), context_(context) {
    card_.labels = classifier_->labels();
    card_.has_background = classifier_->has_background();
    // Never calibrated: the best label answers, as tasks::Classifier::decide has it.
    card_.answer_threshold = 0;
    card_.clarify_threshold = 0;
    if (const auto& calibration = classifier_->calibration()) {
      card_.temperature = calibration->temperature;
      card_.answer_threshold = calibration->may_answer() ? calibration->answer_threshold : kNothingReaches;
      card_.clarify_threshold = calibration->clarify_threshold;
      card_.has_scope_gate = calibration->gate.has_value();
    }
  }

  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return classifier_->weights_sha256(); }
  text::Encoding encode(std::string_view text) const override { return classifier_->encode(text); }
  const void* batch_group() const override { return classifier_->encoder(); }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    std::vector<tasks::Classifier::Ask> asks;
    asks.reserve(texts.size());
    for (const BatchText& text : texts) {
      // Nobody else has an encoder for a group.
      asks.push_back({static_cast<const ClassifierModel*>(text.model)->classifier_.get(), &text.encoding});
    }
    YUPU_ASSIGN_OR_RETURN(auto rows, tasks::Classifier::mixed_logits(context_, asks));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& classifier = *asks[i].classifier;
      const std::optional<double> scope = classifier.scope_score(rows[i]);
      rows[i].resize(classifier.output_count());
      if (scope) rows[i].push_back(static_cast<float>(*scope - classifier.calibration()->gate->threshold));
    }
    return rows;
  }
  std::size_t own_bytes() const override { return classifier_->own_bytes(); }

 private:
  std::unique_ptr<const tasks::Classifier> classifier_;
  engine::ExecutionContext& context_;
  ModelCard card_;
};

}  // namespace

ModelLoader classifier_loader(engine::ExecutionContext& context, tasks::BaseCache& bases) {
  return [&context, &bases](const std::string& directory) -> Result<std::unique_ptr<TextModel>> {
    const auto open_base = [&bases](const std::string& base) { return bases.open(base); };
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::Classifier> classifier,
                          tasks::Classifier::load(directory, {.open_base = open_base}));
    return std::unique_ptr<TextModel>(std::make_unique<ClassifierModel>(std::move(classifier), context));
  };
}

}  // namespace yupu::serving
