// For tests: a scorer that knows a few words, and what it was asked.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "products/monitor/sentiment/scorer.h"

namespace yupu::monitor::testing {

// Sure of what it says: negative where a text holds one of `bad`, positive where it holds one of `good`, neutral where
// it holds neither, half and half where both.
class WordScorer final : public SentimentScorer {
 public:
  WordScorer(std::string release, std::vector<std::string> bad, std::vector<std::string> good)
      : release_(std::move(release)), bad_(std::move(bad)), good_(std::move(good)) {}
  const std::string& release() const override { return release_; }
  Result<std::vector<Probabilities>> score(std::span<const std::string> texts) override {
    if (fails) return unavailable("the scorer rests");
    std::vector<Probabilities> scores;
    for (const std::string& text : texts) {
      asked.push_back(text);
      const bool bad = holds(text, bad_), good = holds(text, good_);
      const double share = bad && good ? 0.5 : 1.0;
      scores.push_back({.negative = bad ? share : 0, .neutral = bad || good ? 0.0 : 1.0, .positive = good ? share : 0});
    }
    return scores;
  }
  std::vector<std::string> asked;
  bool fails = false;

 private:
  static bool holds(const std::string& text, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      if (text.find(word) != std::string::npos) return true;
    }
    return false;
  }
  const std::string release_;
  const std::vector<std::string> bad_, good_;
};

}  // namespace yupu::monitor::testing
