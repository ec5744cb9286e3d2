#include "app/miss_vectors.h"

#include <memory>

#include "base/mutex.h"
#include "engine/execution_context.h"
#include "tasks/embed/embedder.h"

namespace yupu::app {
namespace {

class LateEmbedder {
 public:
  explicit LateEmbedder(std::string directory) : directory_(std::move(directory)) {}

  Result<std::vector<std::vector<float>>> embed(std::span<const std::string> texts) {
    const MutexLock lock(mutex_);
    if (embedder_ == nullptr) {
      YUPU_ASSIGN_OR_RETURN(embedder_, tasks::Embedder::load(directory_, model::Placement::kMapped));
      context_ = std::make_unique<engine::ExecutionContext>(1);  // beside the visitors' engine
    }
    std::vector<text::Encoding> encodings;
    encodings.reserve(texts.size());
    for (const std::string& text : texts) encodings.push_back(embedder_->encode(text));
    return embedder_->embed(*context_, encodings);
  }

 private:
  const std::string directory_;
  Mutex mutex_;
  std::unique_ptr<tasks::Embedder> embedder_ YUPU_GUARDED_BY(mutex_);
  std::unique_ptr<engine::ExecutionContext> context_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace

feedback::SentenceVectors miss_vectors(const strategy::Strategy& strategy) {
  if (!strategy.knowledge || strategy.knowledge->embedder.empty()) return {};
  const auto embedder = std::make_shared<LateEmbedder>(strategy.resolve(strategy.knowledge->embedder));
  return [embedder](std::span<const std::string> texts) { return embedder->embed(texts); };
}

}  // namespace yupu::app
