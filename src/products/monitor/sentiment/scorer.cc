#include "products/monitor/sentiment/scorer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/mutex.h"
#include "tasks/classify/classifier.h"
#include "text/unicode.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kTextsAtOnce = 64;
constexpr std::size_t kHalvedBytesMin = 16;  // a text that short is not cut again

// Which of the outputs says what.
struct Outputs {
  std::array<std::optional<std::int32_t>, 3> label = {};  // by Sentiment
};

Result<Outputs> outputs_of(const std::vector<std::string>& labels) {
  Outputs outputs;
  bool fits = labels.size() == 2 || labels.size() == 3;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto sentiment = sentiment_of(text::lower(labels[i]));
    if (sentiment) outputs.label[static_cast<std::size_t>(*sentiment)] = static_cast<std::int32_t>(i);
    fits = fits && sentiment.has_value();
  }
  for (const Sentiment needed : {Sentiment::kNegative, Sentiment::kPositive})
    fits = fits && outputs.label[static_cast<std::size_t>(needed)].has_value();
  if (fits) return outputs;
  return invalid_argument(
      fmt::format(
          "a sentiment model has the labels negative, positive and, where it knows it, neutral; this one has {}",
          fmt::join(labels, ", ")),
      "labels");
}

// A part of a text that the model can read whole.
struct Part {
  std::size_t index = 0;  // of the text among those asked for
  double weight = 0;
  text::Encoding encoding;
};

class ClassifierScorer final : public SentimentScorer {
 public:
  ClassifierScorer(std::unique_ptr<const tasks::Classifier> classifier, std::string release, Outputs outputs,
                   const ScorerOptions& options)
      : classifier_(std::move(classifier)),
        release_(std::move(release)),
        outputs_(outputs),
        context_(options.threads, options.precision) {
    context_.set_packs_at_once(true);
  }

  const std::string& release() const override { return release_; }

  Result<std::vector<Probabilities>> score(std::span<const std::string> texts) override {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < texts.size(); ++i) add_parts(texts[i], i, parts);
    std::vector<Probabilities> sums(texts.size());
    std::vector<double> weights(texts.size(), 0.0);
    for (std::size_t begin = 0; begin < parts.size(); begin += kTextsAtOnce) {
      const std::size_t count = std::min(kTextsAtOnce, parts.size() - begin);
      YUPU_RETURN_IF_ERROR(score_some(std::span<Part>(parts).subspan(begin, count), sums, weights));
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i].negative /= weights[i];
      sums[i].neutral /= weights[i];
      sums[i].positive /= weights[i];
    }
    return sums;
  }

 private:
  void add_parts(std::string_view text, std::size_t index, std::vector<Part>& parts) const {
    text::Encoding encoding = classifier_->encode(text);
    if (encoding.truncated && text.size() >= kHalvedBytesMin) {
      std::size_t middle = text.size() / 2;
      while ((static_cast<unsigned char>(text[middle]) & 0xC0U) == 0x80U && middle + 1 < text.size()) ++middle;
      add_parts(text.substr(0, middle), index, parts);
      add_parts(text.substr(middle), index, parts);
      return;
    }
    parts.push_back({index, static_cast<double>(std::max<std::size_t>(text.size(), 1)), std::move(encoding)});
  }

  Status score_some(std::span<Part> parts, std::vector<Probabilities>& sums, std::vector<double>& weights) {
    std::vector<text::Encoding> encodings;
    encodings.reserve(parts.size());
    for (Part& part : parts) encodings.push_back(std::move(part.encoding));
    std::vector<std::vector<float>> rows;
    {
      MutexLock lock(mutex_);
      YUPU_ASSIGN_OR_RETURN(rows, classifier_->logits(context_, encodings));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      std::array<double, 3> found = {};
      for (const tasks::Answer& answer : classifier_->rank(rows[i], classifier_->labels().size())) {
        for (std::size_t s = 0; s < found.size(); ++s) {
          if (outputs_.label[s] && *outputs_.label[s] == answer.label) found[s] = answer.score;
        }
      }
      sums[part.index].negative += part.weight * found[0];
      sums[part.index].neutral += part.weight * found[1];
      sums[part.index].positive += part.weight * found[2];
      weights[part.index] += part.weight;
    }
    return ok_status();
  }

  const std::unique_ptr<const tasks::Classifier> classifier_;
  const std::string release_;
  const Outputs outputs_;
  Mutex mutex_;
  engine::ExecutionContext context_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::shared_ptr<SentimentScorer>> open_scorer(const std::string& directory, const std::string& release,
                                                     const ScorerOptions& options) {
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::Classifier> classifier, tasks::Classifier::load(directory));
  const auto outputs = outputs_of(classifier->labels());
  if (!outputs.ok()) return outputs.status().with_context(directory);
  return std::shared_ptr<SentimentScorer>(
      std::make_shared<ClassifierScorer>(std::move(classifier), release, *outputs, options));
}

}  // namespace yupu::monitor
