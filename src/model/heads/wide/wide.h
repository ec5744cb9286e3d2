// The wide branch of a classifier: a linear model over hashed word and character n-grams whose logits are added to the
// encoder's, trained together with it.  Cheng et al. 2016, arXiv:1606.07792 (wide and deep).
//   z = z_encoder + W^T x;   x = tf-idf of the n-grams (text/ngrams/ngrams.h)
//   tf = 1 + ln(count);   idf = 1 + ln((1 + documents) / (1 + documents with it));   words and characters are each
//   scaled to length 1
// Which n-grams count is fixed when the branch is fitted to the training texts; others are passed over.
//
// On disk: MODEL/wide.safetensors, beside the HuggingFace files, which know nothing of it (docs/formats/wide.md).
// Shapes    weight (F,K) f32.   Threads  const members any; training has one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/autograd/tape.h"
#include "text/ngrams/ngrams.h"

namespace yupu::model {

struct WideOptions {
  std::int64_t features_max = 1 << 16;  // those in most texts are kept
  std::int64_t documents_min = 2;       // an n-gram of fewer texts is passed over
};

class WideBranch {
 public:
  // Weights zero: at first the encoder stands alone.  Null when no n-gram is in documents_min texts.
  // REQUIRES: class_count > 0.
  static std::unique_ptr<WideBranch> fit(std::span<const std::string> texts, std::int64_t class_count,
                                         const WideOptions& options = {});
  // Outcomes  kInvalidArgument naming file and tensor.
  static Result<std::unique_ptr<WideBranch>> load(const std::string& directory, std::int64_t class_count);
  static bool exists(const std::string& directory);
  // Removes a wide.safetensors left by an earlier model of another kind.
  static Status remove(const std::string& directory);
  Status save(const std::string& directory) const;

  std::int64_t feature_count() const { return static_cast<std::int64_t>(hashes_.size()); }
  text::SparseRow features(std::string_view text) const;
  // (B,K), one row per element.  REQUIRES: indices below feature_count().
  engine::Var logits(engine::Tape& tape, std::span<const text::SparseRow* const> rows) const;
  engine::Parameter& weight() const { return *weight_; }
  // What the features are, hashed: two branches with equal ids read texts alike.
  std::string content_id() const;

 private:
  WideBranch(std::vector<std::uint64_t> hashes, std::vector<float> idf, engine::Tensor weight);

  std::vector<std::uint64_t> hashes_;  // sorted; the position is the feature's index
  std::vector<float> idf_;
  std::unique_ptr<engine::Parameter> weight_;
};

}  // namespace yupu::model
