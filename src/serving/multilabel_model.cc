#include "serving/multilabel_model.h"

#include <utility>

#include "tasks/multilabel/multilabel_model.h"

namespace yupu::serving {
namespace {

class ServedMultilabel final : public TextModel {
 public:
  ServedMultilabel(std::unique_ptr<const tasks::MultilabelModel> model, engine::ExecutionContext& context)
      : model_(std::move(model)), context_(context) {
    card_.labels = model_->labels();
    card_.temperature = model_->thresholds().temperature;
    card_.label_thresholds = model_->thresholds().of_label;
  }

  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return model_->classifier().weights_sha256(); }
  text::Encoding encode(std::string_view text) const override { return model_->classifier().encode(text); }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    return model_->classifier().logits(context_, encodings_of(texts));
  }
  std::size_t own_bytes() const override { return model_->classifier().own_bytes(); }

 private:
  std::unique_ptr<const tasks::MultilabelModel> model_;
  engine::ExecutionContext& context_;
  ModelCard card_;
};

}  // namespace

Result<std::unique_ptr<TextModel>> load_multilabel(const std::string& directory, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::MultilabelModel> model, tasks::MultilabelModel::load(directory));
  return std::unique_ptr<TextModel>(std::make_unique<ServedMultilabel>(std::move(model), context));
}

}  // namespace yupu::serving
