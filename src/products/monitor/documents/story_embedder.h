// Gives documents a meaning (meaning.h) by a sentence encoder of a directory, as sentence-transformers' or `yupu train
// --task embed` write them.
//
// Read: title and text, as far as the encoder reads. Without a meaning stay documents that name no topic or are too
// short to be compared (likeness.h), and texts of which more than a tenth of the tokens are unknown to the encoder: to
// one that was made for another language all of them are alike.
// Threads  embed() any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "engine/execution_context.h"
#include "products/monitor/documents/document.h"
#include "tasks/embed/embedder.h"

namespace yupu::monitor {

class StoryEmbedder {
 public:
  // `threads` 0: every core.  Errors: those of loading.
  static Result<std::shared_ptr<StoryEmbedder>> open(const std::string& directory, int threads);

  const std::string& model() const { return model_; }  // by its weights
  // Errors: kResourceExhausted; no document has changed then.
  Status embed(std::vector<ReadyDocument>& documents);

 private:
  StoryEmbedder(std::unique_ptr<const tasks::Embedder> embedder, int threads);

  const std::unique_ptr<const tasks::Embedder> embedder_;
  const std::string model_;
  Mutex mutex_;
  engine::ExecutionContext context_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::monitor
