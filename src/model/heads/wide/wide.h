// The wide branch of a head: a linear model over hashed features whose logits are added to the encoder's, trained
// together with it.  Cheng et al. 2016, arXiv:1606.07792 (wide and deep).
//   z = z_encoder + W^T x
//   of a text        x = tf-idf of its word and character n-grams (text/ngrams/ngrams.h):  tf = 1 + ln(count);
//                    idf = 1 + ln((1 + documents) / (1 + documents with it));  words and characters each scaled to
//                    length 1
//   of anything else x = 1 for the features it has, all scaled to length 1
// Which features count is fixed when the branch is fitted to what is learned from; others are passed over.
//
// On disk: MODEL/wide.safetensors, beside the HuggingFace files, which know nothing of it (docs/formats/wide.md).
// Shapes    weight (F,K) f32.   Threads  const members any; training has one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/autograd/tape.h"
#include "engine/ops/sparse_linear/sparse_linear.h"
#include "text/ngrams/ngrams.h"

namespace yupu::model {

struct WideOptions {
  std::int64_t features_max = 1 << 16;  // those in most texts, or rows, are kept
  std::int64_t documents_min = 2;       // a feature of fewer is passed over
};

// In how many rows each feature stands.
class FeatureTally {
 public:
  // Of one row, each hash once; reorders them.
  void add(std::vector<std::uint64_t>& hashes);

 private:
  friend class WideBranch;
  std::int64_t row_count_ = 0;
  std::unordered_map<std::uint64_t, std::int64_t> rows_with_;
};

class WideBranch {
 public:
  // Weights zero: at first the encoder stands alone.  Null when no n-gram is in documents_min texts.
  // REQUIRES: class_count > 0.
  static std::unique_ptr<WideBranch> fit(std::span<const std::string> texts, std::int64_t class_count,
                                         const WideOptions& options = {});
  // Over named features: what the tally has counted is what is read by append_row.
  static std::unique_ptr<WideBranch> fit(const FeatureTally& tally, std::int64_t class_count,
                                         const WideOptions& options);
  // Outcomes  kInvalidArgument naming file and tensor.
  static Result<std::unique_ptr<WideBranch>> load(const std::string& directory, std::int64_t class_count);
  // As DIRECTORY/yupu.json, `record`, tells: null when its "wide", the number of features, is null or not there.
  // Outcomes  those of load; kInvalidArgument "wide": another number.
  static Result<std::unique_ptr<WideBranch>> load_recorded(const Json& record, const std::string& directory,
                                                           std::int64_t class_count);
  static bool exists(const std::string& directory);
  // Removes a wide.safetensors left by an earlier model of another kind.
  static Status remove(const std::string& directory);
  Status save(const std::string& directory) const;

  std::int64_t feature_count() const { return static_cast<std::int64_t>(hashes_.size()); }
  text::SparseRow features(std::string_view text) const;
  // The row of what has these features.  Reorders the hashes; one that stands twice counts once.
  void append_row(std::vector<std::uint64_t>& hashes, engine::SparseRows& rows) const;
  // (B,K), one row per element.  REQUIRES: indices below feature_count().
  engine::Var logits(engine::Tape& tape, engine::SparseRows rows) const;
  engine::Var logits(engine::Tape& tape, std::span<const text::SparseRow* const> rows) const;
  engine::Parameter& weight() const { return *weight_; }
  // What the features are, hashed: two branches with equal ids read texts alike.
  std::string content_id() const;

 private:
  enum class Weighing : std::uint8_t { kInverseFrequency, kNone };
  static std::unique_ptr<WideBranch> fit(const FeatureTally& tally, Weighing weighing, std::int64_t class_count,
                                         const WideOptions& options);
  WideBranch(std::vector<std::uint64_t> hashes, std::vector<float> idf, engine::Tensor weight);

  std::vector<std::uint64_t> hashes_;  // sorted; the position is the feature's index
  std::vector<float> idf_;
  std::unique_ptr<engine::Parameter> weight_;
};

}  // namespace yupu::model
