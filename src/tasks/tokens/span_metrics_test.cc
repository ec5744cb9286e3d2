#include "tasks/tokens/span_metrics.h"

#include <cstdlib>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

// The draws of tests/golden/spans/make_spans.py.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::size_t>((z ^ (z >> 31)) >> 11) % bound;
  }

 private:
  std::uint64_t state_;
};

struct Sequences {
  std::vector<std::vector<std::string>> truth, predicted;
};

Sequences random_sequences(const std::string& prefixes, std::uint64_t seed, std::size_t count) {
  const std::vector<std::string> types = {"PER", "LOC", "ORG", "MISC", "地名"};
  SplitMix64 random(seed);
  const auto tag = [&](std::size_t type) -> std::string {
    const char prefix = prefixes[random.below(prefixes.size())];
    return prefix == 'O' ? "O" : fmt::format("{}-{}", prefix, types[type]);
  };
  Sequences out;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t type = random.below(types.size());
    std::vector<std::string> sentence, guess;
    const std::size_t length = 1 + random.below(16);
    for (std::size_t t = 0; t < length; ++t) {
      if (random.below(10) >= 7) type = random.below(types.size());
      sentence.push_back(tag(type));
      guess.push_back(random.below(4) == 0 ? tag(type) : sentence.back());
    }
    out.truth.push_back(std::move(sentence));
    out.predicted.push_back(std::move(guess));
  }
  return out;
}

double exact(const Json& hexadecimal) { return std::strtod(hexadecimal.get<std::string>().c_str(), nullptr); }

void expect_exact(const Figures& figures, const Json& recorded) {
  EXPECT_EQ(figures.precision, exact(recorded[0]));
  EXPECT_EQ(figures.recall, exact(recorded[1]));
  EXPECT_EQ(figures.f1, exact(recorded[2]));
}

class SeqevalGolden : public ::testing::TestWithParam<std::pair<const char*, Scheme>> {};

TEST_P(SeqevalGolden, TenThousandSequencesToTheLastBit) {
  const auto& [name, scheme] = GetParam();
  const Json all = *parse_json(*read_file(YUPU_TESTDATA("tests/golden/spans/spans.json")));
  const Json& recorded = all.at(name);
  const std::size_t count = all.at("count"), block = all.at("block");
  const bool strict = std::string_view(name).ends_with("strict");
  const Sequences sequences = random_sequences(recorded.at("prefixes"), recorded.at("seed"), count);
  SpanTally tally;
  std::string truth_text, predicted_text;
  for (std::size_t i = 0; i < count; ++i) {
    const auto spans_of = [&, scheme = scheme](const std::vector<std::string>& texts, std::string& text) {
      const std::vector<Tag> tags = *parse_tags(texts, scheme);
      std::vector<Span> spans = strict ? strict_spans(tags, scheme) : lenient_spans(tags);
      for (const Span& span : spans) text += fmt::format("{} {} {} {}\n", i, span.type, span.begin, span.end);
      return spans;
    };
    const std::vector<Span> truth = spans_of(sequences.truth[i], truth_text);
    tally.add(truth, spans_of(sequences.predicted[i], predicted_text));
    if ((i + 1) % block != 0) continue;
    const std::size_t which = i / block;
    ASSERT_EQ(sha256_hex(truth_text).substr(0, 8), recorded.at("truth_hashes").at(which)) << truth_text;
    ASSERT_EQ(sha256_hex(predicted_text).substr(0, 8), recorded.at("predicted_hashes").at(which)) << predicted_text;
    truth_text.clear();
    predicted_text.clear();
  }
  const SpanReport report = tally.report();
  ASSERT_EQ(report.types.size(), recorded.at("types").size());
  for (std::size_t t = 0; t < report.types.size(); ++t) {
    EXPECT_EQ(report.types[t].first, recorded.at("types")[t]);
    EXPECT_EQ(report.types[t].second.support, recorded.at("support")[t]);
    const Json& each = recorded.at("each");
    expect_exact(report.types[t].second, {each[0][t], each[1][t], each[2][t]});
  }
  expect_exact(report.micro, recorded.at("micro"));
  expect_exact(report.macro, recorded.at("macro"));
  expect_exact(report.weighted, recorded.at("weighted"));
}

INSTANTIATE_TEST_SUITE_P(
    EveryScheme, SeqevalGolden,
    ::testing::Values(std::pair("iob1 strict", Scheme::kIob1), std::pair("iob2 strict", Scheme::kIob2),
                      std::pair("iobes strict", Scheme::kIobes), std::pair("iob1 lenient", Scheme::kIob1),
                      std::pair("iob2 lenient", Scheme::kIob2), std::pair("iobes lenient", Scheme::kIobes)),
    [](const auto& parameter) {
      std::string name = parameter.param.first;
      name[name.find(' ')] = '_';
      return name;
    });

TEST(SpanMetrics, TheExampleOfSeqeval) {
  const std::vector<std::vector<std::string>> truth = {{"O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"},
                                                       {"B-PER", "I-PER", "O"}};
  const std::vector<std::vector<std::string>> predicted = {{"O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"},
                                                           {"B-PER", "I-PER", "O"}};
  SpanTally tally;
  for (std::size_t i = 0; i < truth.size(); ++i)
    tally.add(lenient_spans(*parse_tags(truth[i], Scheme::kIob2)),
              lenient_spans(*parse_tags(predicted[i], Scheme::kIob2)));
  const SpanReport report = tally.report();
  EXPECT_EQ(report.micro.f1, 0.5);
  EXPECT_EQ(report.types[0].second.f1, 0.0);
  EXPECT_EQ(report.types[1].second.f1, 1.0);
  // classification_report(y_true, y_pred) of seqeval 1.2.2.
  EXPECT_EQ(report.to_text(2),
            "              precision    recall  f1-score   support\n"
            "\n"
            "        MISC       0.00      0.00      0.00         1\n"
            "         PER       1.00      1.00      1.00         1\n"
            "\n"
            "   micro avg       0.50      0.50      0.50         2\n"
            "   macro avg       0.50      0.50      0.50         2\n"
            "weighted avg       0.50      0.50      0.50         2\n");
  EXPECT_EQ(report.to_json()["types"]["PER"]["support"], 1);

  const Report tokens = token_report(truth, predicted);
  EXPECT_EQ(tokens.row_count, 10);
  EXPECT_EQ(tokens.accuracy, 0.8);
  ASSERT_EQ(tokens.labels.size(), 5u);
  EXPECT_EQ(tokens.labels[0].first, "B-MISC");
  EXPECT_EQ(tokens.labels[0].second.f1, 0.0);
  EXPECT_THAT(tokens.to_text(), HasSubstr("I-PER"));
}

TEST(SpanMetrics, NoSpanAtAllIsZeroNotNan) {
  SpanTally tally;
  tally.add({}, {});
  const SpanReport report = tally.report();
  EXPECT_EQ(report.micro.f1, 0.0);
  EXPECT_EQ(report.macro.f1, 0.0);
  EXPECT_EQ(report.weighted.f1, 0.0);
  EXPECT_TRUE(report.types.empty());
}

}  // namespace
}  // namespace yupu::tasks
