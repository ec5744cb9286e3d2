#include "serving/classifier_model.h"

#include <utility>

#include "tasks/classify/classifier.h"

namespace yupu::serving {
namespace {

class ClassifierModel final : public TextModel {
 public:
  ClassifierModel(std::unique_ptr<const tasks::Classifier> classifier, engine::ExecutionContext& context)
      : classifier_(std::move(classifier)), context_(context) {
    card_.labels = classifier_->labels();
    // Never calibrated: the best label answers, as tasks::Classifier::decide has it.
    card_.answer_threshold = 0;
    card_.clarify_threshold = 0;
    if (const auto& calibration = classifier_->calibration()) {
      card_.temperature = calibration->temperature;
      card_.answer_threshold = calibration->answer_threshold;
      card_.clarify_threshold = calibration->clarify_threshold;
    }
  }

  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return classifier_->weights_sha256(); }
  text::Encoding encode(std::string_view text) const override { return classifier_->encode(text); }
  Result<std::vector<std::vector<float>>> logits(std::span<const text::Encoding> texts) override {
    return classifier_->logits(context_, texts);
  }

 private:
  std::unique_ptr<const tasks::Classifier> classifier_;
  engine::ExecutionContext& context_;
  ModelCard card_;
};

}  // namespace

ModelLoader classifier_loader(engine::ExecutionContext& context) {
  return [&context](const std::string& directory) -> Result<std::unique_ptr<TextModel>> {
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::Classifier> classifier, tasks::Classifier::load(directory));
    return std::unique_ptr<TextModel>(std::make_unique<ClassifierModel>(std::move(classifier), context));
  };
}

}  // namespace yupu::serving
