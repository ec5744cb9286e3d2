// Documents over time for measuring: the volumes of a real series, the sentiment of a stated process.
//
// Each bucket's count is thinned (a binomial); whether a document is negative is drawn with the share p_t, whose logit
// is an AR(1) process around logit(share) with deviation share_sd and memory_ns to forget to 1/e. Each document is then
// drawn from a pool of texts of its label, and the detector is told what a classifier made of that text: every text is
// answered once and for all, a negative one as negative with probability recall, another with probability false_share;
// or as a classifier really answered it (ScoredTexts). Without a pool every document is a text of its own.
// Deterministic: everything from one seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.h"
#include "products/monitor/detect/series.h"

namespace yupu::monitor::testing {

// Texts with a label of their own, and what a classifier made of each: true where it said negative.
struct ScoredTexts {
  std::vector<bool> negative;
  std::vector<bool> positive;
  std::vector<bool> other;  // neutral and positive ones
};

struct BackgroundOptions {
  double thin = 0.3;
  double share = 0.2;
  double share_sd = 0.3;
  std::int64_t memory_ns = 2 * kHourNs;
  double recall = 1;
  double false_share = 0;
  std::uint64_t publisher_count = 200;  // publisher r with probability proportional to 1/r
  std::size_t negative_texts = 0;       // 0: no pool
  std::size_t other_texts = 0;
  ScoredTexts scored;             // instead of recall, false_share, negative_texts and other_texts, where there are any
  bool usual_level = true;        // what a surge is so many times of: level()
  std::size_t crisis_texts = 20;  // a surge draws from this many of the pool; 0: from all of it
};

class Background {
 public:
  Background(std::string topic, std::vector<std::int64_t> volumes, std::int64_t begin_ns, BackgroundOptions options,
             std::uint64_t seed)
      : topic_(std::move(topic)), begin_ns_(begin_ns), options_(options), random_(seed), volumes_(std::move(volumes)) {
    double sum = 0;
    for (std::uint64_t rank = 1; rank <= options_.publisher_count; ++rank)
      publishers_.push_back(sum += 1 / static_cast<double>(rank));
    if (!options_.scored.negative.empty()) {
      negative_answers_ = options_.scored.negative;
      other_answers_ = options_.scored.other;
      positive_answers_ = options_.scored.positive;
      draw();
      return;
    }
    for (std::size_t i = 0; i < options_.negative_texts; ++i)
      negative_answers_.push_back(random_.uniform() < options_.recall);
    for (std::size_t i = 0; i < options_.other_texts; ++i)
      other_answers_.push_back(random_.uniform() < options_.false_share);
    positive_answers_ = other_answers_;
    draw();
  }

  std::size_t bucket_count() const { return volumes_.size(); }
  std::int64_t time_ns(std::size_t bucket) const {
    return begin_ns_ + static_cast<std::int64_t>(bucket) * 5 * kMinuteNs;
  }
  const std::vector<Document>& bucket(std::size_t index) const { return buckets_[index]; }
  const std::vector<std::int64_t>& negatives() const { return negatives_; }  // as the classifier has them

  // Negatives to be expected in five minutes of the hour that begins with a bucket: thinned volume times share. Of this
  // very hour; or as is usual for it: the median over all days of the hour at this time of the day, at the mean share.
  double level(std::size_t index) const {
    if (!options_.usual_level) return hour(index, true);
    std::vector<double> days;
    for (std::size_t i = index % 288; i + 12 < volumes_.size(); i += 288) days.push_back(hour(i, false));
    std::nth_element(days.begin(), days.begin() + static_cast<std::ptrdiff_t>(days.size() / 2), days.end());
    return days[days.size() / 2];
  }

  // A surge of 60 minutes from start_ns: factor - 1 times level() on top of what is there, evenly over the hour, as
  // documents of one crisis, each a story. `negative` false: as many positive ones. By time.
  std::vector<Document> surge(std::int64_t start_ns, double factor, bool negative) {
    const auto index = static_cast<std::size_t>((start_ns - begin_ns_) / (5 * kMinuteNs));
    const double expected = level(index) * (factor - 1);
    std::vector<bool> answers;
    const std::vector<bool>& pool = negative ? negative_answers_ : positive_answers_;
    for (std::size_t i = 0; i < options_.crisis_texts && !pool.empty(); ++i)
      answers.push_back(pool[random_.below(pool.size())]);
    if (options_.crisis_texts == 0) answers = pool;
    std::vector<Document> documents;
    for (int slice = 0; slice < 12; ++slice) {
      for (std::int64_t left = poisson(expected); left > 0; --left) {
        const bool seen_negative = answers.empty()
                                       ? random_.uniform() < (negative ? options_.recall : options_.false_share)
                                       : answers[random_.below(answers.size())];
        documents.push_back(make(start_ns + slice * 5 * kMinuteNs, seen_negative, true));
      }
    }
    std::sort(documents.begin(), documents.end(),
              [](const Document& a, const Document& b) { return a.time_ns < b.time_ns; });
    return documents;
  }

  Rng& random() { return random_; }

 private:
  double hour(std::size_t index, bool own_share) const {
    double sum = 0;
    for (std::size_t i = index; i < index + 12; ++i)
      sum += (own_share ? shares_[i] : options_.share) * options_.thin * static_cast<double>(volumes_[i]);
    return sum / 12;
  }

  std::int64_t poisson(double mean) {  // Knuth: products of uniforms
    const double limit = std::exp(-mean);
    std::int64_t count = 0;
    for (double product = random_.uniform(); product > limit; product *= random_.uniform()) ++count;
    return count;
  }

  Document make(std::int64_t slice_ns, bool seen_negative, bool positive_else) {
    const std::int64_t time_ns = slice_ns + static_cast<std::int64_t>(random_.below(5 * kMinuteNs));
    const double place = random_.uniform() * publishers_.back();
    const auto publisher = std::lower_bound(publishers_.begin(), publishers_.end(), place) - publishers_.begin();
    const Sentiment other = positive_else || random_.below(2) == 0 ? Sentiment::kPositive : Sentiment::kNeutral;
    return {.topic = topic_,
            .time_ns = time_ns,
            .received_ns = time_ns,
            .sentiment = seen_negative ? Sentiment::kNegative : other,
            .story = ++story_,
            .publisher = static_cast<std::uint64_t>(publisher)};
  }

  void draw() {
    const double keep = std::exp(-static_cast<double>(5 * kMinuteNs) / static_cast<double>(options_.memory_ns));
    const double center = std::log(options_.share / (1 - options_.share));
    double deviation = options_.share_sd * random_.normal();
    for (std::size_t i = 0; i < volumes_.size(); ++i) {
      const double share = 1 / (1 + std::exp(-(center + deviation)));
      shares_.push_back(share);
      deviation = keep * deviation + options_.share_sd * std::sqrt(1 - keep * keep) * random_.normal();
      std::vector<Document> documents;
      std::int64_t negative_count = 0;
      for (std::int64_t left = volumes_[i]; left > 0; --left) {
        if (random_.uniform() >= options_.thin) continue;
        const bool negative = random_.uniform() < share;
        const std::vector<bool>& pool = negative ? negative_answers_ : other_answers_;
        const bool seen = pool.empty() ? random_.uniform() < (negative ? options_.recall : options_.false_share)
                                       : pool[random_.below(pool.size())];
        negative_count += seen ? 1 : 0;
        documents.push_back(make(time_ns(i), seen, false));
      }
      std::sort(documents.begin(), documents.end(),
                [](const Document& a, const Document& b) { return a.time_ns < b.time_ns; });
      buckets_.push_back(std::move(documents));
      negatives_.push_back(negative_count);
    }
  }

  std::string topic_;
  std::int64_t begin_ns_;
  BackgroundOptions options_;
  Rng random_;
  std::vector<std::int64_t> volumes_;
  std::vector<double> publishers_;  // cumulated weights
  std::vector<bool> negative_answers_;
  std::vector<bool> other_answers_;
  std::vector<bool> positive_answers_;
  std::vector<double> shares_;
  std::vector<std::vector<Document>> buckets_;
  std::vector<std::int64_t> negatives_;
  std::uint64_t story_ = 0;
};

}  // namespace yupu::monitor::testing
