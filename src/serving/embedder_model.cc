#include "serving/embedder_model.h"

#include <utility>

#include "serving/classifier_model.h"
#include "serving/multilabel_model.h"
#include "serving/ranker_model.h"
#include "tasks/embed/embedder.h"
#include "tasks/multilabel/multilabel_model.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::serving {
namespace {

class EmbedderModel final : public TextModel {
 public:
  EmbedderModel(std::unique_ptr<const tasks::Embedder> embedder, engine::ExecutionContext& context)
      : embedder_(std::move(embedder)), context_(context) {
    card_.embedding_width = embedder_->width();
  }

  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return embedder_->weights_sha256(); }
  text::Encoding encode(std::string_view text) const override { return embedder_->encode(text); }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    return embedder_->embed(context_, encodings_of(texts));
  }

 private:
  std::unique_ptr<const tasks::Embedder> embedder_;
  engine::ExecutionContext& context_;
  ModelCard card_;
};

}  // namespace

ModelLoader text_model_loader(engine::ExecutionContext& context, tasks::BaseCache& bases) {
  return [&context, classifiers = classifier_loader(context, bases)](
             const std::string& directory) -> Result<std::unique_ptr<TextModel>> {
    if (tasks::PairModel::recognises(directory)) return load_ranker(directory, context);
    if (tasks::MultilabelModel::recognises(directory)) return load_multilabel(directory, context);
    if (!tasks::Embedder::recognises(directory)) return classifiers(directory);
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::Embedder> embedder, tasks::Embedder::load(directory));
    return std::unique_ptr<TextModel>(std::make_unique<EmbedderModel>(std::move(embedder), context));
  };
}

}  // namespace yupu::serving
