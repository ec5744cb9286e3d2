#include "training/background.h"

#include <algorithm>
#include <memory>

#include "base/hash.h"
#include "model/heads/wide/wide.h"
#include "training/general_sentences.h"

namespace yupu::training {
namespace {

constexpr std::size_t kComparedMax = 20'000;  // training rows a sentence is compared with, evenly spread

// Words and characters are each scaled to length 1, so equal texts have the product 2.
constexpr double kEqualTexts = 2.0;

std::vector<std::string> labelled_texts(std::span<const handoff::Row> train) {
  std::vector<std::string> texts;
  const std::size_t stride = train.size() / kComparedMax + 1;
  for (std::size_t i = 0; i < train.size(); i += stride) {
    if (train[i].label != handoff::kOutOfScope) texts.push_back(train[i].text);
  }
  return texts;
}

class Resemblance {
 public:
  // Every n-gram of rows and sentences counts: a sentence must not look like a row by the few words they share.
  explicit Resemblance(std::vector<std::string> texts) {
    const std::size_t row_count = texts.size();
    for (const std::string_view sentence : kGeneralSentences) texts.emplace_back(sentence);
    features_ = model::WideBranch::fit(texts, 1, {.features_max = std::int64_t{1} << 20, .documents_min = 1});
    if (features_ == nullptr) return;
    for (std::size_t i = 0; i < row_count; ++i) rows_.push_back(features_->features(texts[i]));
    dense_.resize(static_cast<std::size_t>(features_->feature_count()), 0.0f);
  }

  // The largest cosine of the text with a row.
  double of(std::string_view text) {
    if (features_ == nullptr) return 0.0;
    const text::SparseRow own = features_->features(text);
    for (std::size_t i = 0; i < own.indices.size(); ++i)
      dense_[static_cast<std::size_t>(own.indices[i])] = own.values[i];
    double largest = 0.0;
    for (const text::SparseRow& row : rows_) {
      double product = 0.0;
      for (std::size_t i = 0; i < row.indices.size(); ++i)
        product += double{dense_[static_cast<std::size_t>(row.indices[i])]} * double{row.values[i]};
      largest = std::max(largest, product / kEqualTexts);
    }
    for (const std::int32_t index : own.indices) dense_[static_cast<std::size_t>(index)] = 0.0f;
    return largest;
  }

 private:
  std::unique_ptr<model::WideBranch> features_;
  std::vector<text::SparseRow> rows_;
  std::vector<float> dense_;  // of the text at hand
};

}  // namespace

std::optional<Background> find_background(std::string_view name) {
  for (std::size_t i = 0; i < kBackgrounds.size(); ++i) {
    if (name == kBackgrounds[i]) return static_cast<Background>(i);
  }
  return std::nullopt;
}

Result<std::vector<std::string>> background_texts(Background background, std::span<const handoff::Row> train) {
  std::vector<std::string> texts;
  if (background == Background::kOff) return texts;
  if (background != Background::kGeneral) {
    for (const handoff::Row& row : train) {
      if (row.label == handoff::kOutOfScope) texts.push_back(row.text);
    }
  }
  if (background != Background::kRows) {
    Resemblance resemblance(labelled_texts(train));
    for (const std::string_view sentence : kGeneralSentences) {
      if (resemblance.of(sentence) < kResemblanceMax) texts.emplace_back(sentence);
    }
  }
  if (!texts.empty()) return texts;
  return invalid_argument(background == Background::kRows
                              ? "background rows: no training row is labelled out of scope"
                              : "background: every everyday sentence resembles a training row",
                          "background");
}

std::string general_sentences_id() {
  Sha256 hash;
  for (const std::string_view sentence : kGeneralSentences) hash.field(sentence);
  return hash.finish_hex();
}

}  // namespace yupu::training
