#include "tasks/tokens/transitions.h"

#include <cmath>
#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::tasks {
namespace {

constexpr Scheme kSchemes[] = {Scheme::kIob1, Scheme::kIob2, Scheme::kIobes, Scheme::kBmes};
using Sequence = std::vector<std::int32_t>;

std::vector<Tag> tags_at(const std::vector<Tag>& tags, const Sequence& sequence) {
  std::vector<Tag> out;
  for (const std::int32_t index : sequence) out.push_back(tags[static_cast<std::size_t>(index)]);
  return out;
}

double score_of(const std::vector<float>& emission, const Transitions& table, const Sequence& sequence) {
  const std::size_t count = table.tag_count;
  double score =
      table.start[static_cast<std::size_t>(sequence[0])] + table.end[static_cast<std::size_t>(sequence.back())];
  for (std::size_t t = 0; t < sequence.size(); ++t) {
    const auto tag = static_cast<std::size_t>(sequence[t]);
    score += double{emission[t * count + tag]};
    if (t > 0) score += table.between[static_cast<std::size_t>(sequence[t - 1]) * count + tag];
  }
  return score;
}

void every_sequence(std::size_t tags, std::size_t words, const std::function<void(const Sequence&)>& take) {
  Sequence sequence(words, 0);
  while (true) {
    take(sequence);
    std::size_t t = 0;
    while (t < words && ++sequence[t] == static_cast<std::int32_t>(tags)) sequence[t++] = 0;
    if (t == words) return;
  }
}

std::vector<float> some_emission(std::size_t words, std::size_t tags, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> emission(words * tags);
  for (float& value : emission) value = static_cast<float>(2.0 * rng.normal());
  return emission;
}

// As a CRF has them: what is legal, with scores.
Transitions some_transitions(const std::vector<Tag>& tags, Scheme scheme, std::uint64_t seed) {
  Transitions table = legal_transitions(tags, scheme);
  Rng rng(seed);
  for (auto* scores : {&table.start, &table.end, &table.between}) {
    for (double& score : *scores) score += rng.normal();
  }
  return table;
}

TEST(Transitions, LegalIsExactlyWhatTheSchemeCallsRight) {
  for (const Scheme scheme : kSchemes) {
    const std::vector<Tag> tags = complete_tags({"LOC", "PER"}, scheme);
    EXPECT_EQ(tags.size(), scheme == Scheme::kIob1 || scheme == Scheme::kIob2 ? 5u : 9u);
    const Transitions table = legal_transitions(tags, scheme);
    for (std::size_t words = 1; words <= 4; ++words) {
      const std::vector<float> nothing(words * tags.size(), 0.0f);
      every_sequence(tags.size(), words, [&](const Sequence& sequence) {
        const bool right = !first_broken(tags_at(tags, sequence), scheme);
        ASSERT_EQ(std::isfinite(score_of(nothing, table, sequence)), right) << scheme_name(scheme);
      });
    }
  }
}

TEST(Transitions, TheBestSequenceIsTheBestOfAll) {
  for (const Scheme scheme : kSchemes) {
    const std::vector<Tag> tags = complete_tags({"LOC", "PER"}, scheme);
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const Transitions table = seed % 2 == 0 ? legal_transitions(tags, scheme) : some_transitions(tags, scheme, seed);
      const std::vector<float> emission = some_emission(4, tags.size(), seed);
      double most = -INFINITY;
      Sequence best;
      every_sequence(tags.size(), 4, [&](const Sequence& sequence) {
        const double score = score_of(emission, table, sequence);
        if (score <= most) return;
        most = score;
        best = sequence;
      });
      EXPECT_EQ(best_sequence(emission, table), best) << scheme_name(scheme) << " seed " << seed;
    }
  }
  EXPECT_TRUE(best_sequence({}, legal_transitions(complete_tags({"A"}, Scheme::kIob2), Scheme::kIob2)).empty());
}

TEST(Transitions, ProbabilitiesAreThoseOfEverySequenceWrittenOut) {
  for (const Scheme scheme : kSchemes) {
    const std::vector<Tag> tags = complete_tags({"LOC", "PER"}, scheme);
    const Transitions table = some_transitions(tags, scheme, 3);
    const std::vector<float> emission = some_emission(4, tags.size(), 4);
    const SequencePosterior posterior(emission, table);
    double total = 0;
    std::vector<double> tag_mass(emission.size(), 0.0);
    // Of the spans written with one sequence of tags: by where they begin and how they are tagged.
    std::map<std::pair<std::size_t, Sequence>, double> span_mass;
    every_sequence(tags.size(), 4, [&](const Sequence& sequence) {
      const double mass = std::exp(score_of(emission, table, sequence));
      if (mass == 0.0) return;
      total += mass;
      for (std::size_t t = 0; t < 4; ++t) tag_mass[t * tags.size() + static_cast<std::size_t>(sequence[t])] += mass;
      for (const Span& span : lenient_spans(tags_at(tags, sequence)))
        span_mass[{static_cast<std::size_t>(span.begin),
                   Sequence(sequence.begin() + span.begin, sequence.begin() + span.end)}] += mass;
    });
    for (std::size_t t = 0; t < 4; ++t) {
      for (std::size_t k = 0; k < tags.size(); ++k)
        EXPECT_NEAR(posterior.tag(t, k), tag_mass[t * tags.size() + k] / total, 1e-12);
    }
    EXPECT_GE(span_mass.size(), 20u);
    for (const auto& [key, mass] : span_mass)
      EXPECT_NEAR(posterior.span(key.first, key.second, tags), mass / total, 1e-12) << scheme_name(scheme);
  }
}

TEST(Transitions, LongSentencesKeepTheirNumbers) {
  const std::vector<Tag> tags = complete_tags({"LOC"}, Scheme::kIob2);
  const Transitions table = legal_transitions(tags, Scheme::kIob2);
  const std::vector<float> emission = some_emission(5000, tags.size(), 9);
  const SequencePosterior posterior(emission, table);
  double sum = 0;
  for (std::size_t k = 0; k < tags.size(); ++k) sum += posterior.tag(2500, k);
  EXPECT_NEAR(sum, 1.0, 1e-9);
  EXPECT_FALSE(first_broken(tags_at(tags, best_sequence(emission, table)), Scheme::kIob2));
}

TEST(Transitions, ASchemeIsReadOffLabels) {
  const auto of = [](std::vector<std::string> labels) { return scheme_of_labels(labels); };
  EXPECT_EQ(of({"O", "B-PER", "I-PER"}), Scheme::kIob2);
  EXPECT_EQ(of({"O", "I-PER", "I-LOC"}), Scheme::kIob1);
  EXPECT_EQ(of({"O", "B-PER", "I-PER", "E-PER", "S-PER"}), Scheme::kIobes);
  EXPECT_EQ(of({"O", "B-PER", "M-PER", "E-PER", "S-PER"}), Scheme::kBmes);
  EXPECT_EQ(of({"O", "PER"}), std::nullopt);
  EXPECT_EQ(of({"LABEL_0", "LABEL_1"}), std::nullopt);
}

}  // namespace
}  // namespace yupu::tasks
