#include "tasks/tokens/schemes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

std::vector<Tag> tags(std::string_view text, Scheme scheme) { return *parse_tags(words(text), scheme); }

std::string text_of(std::span<const Tag> tags, Scheme scheme) {
  std::string out;
  for (const std::string& text : tag_texts(tags, scheme)) out += (out.empty() ? "" : " ") + text;
  return out;
}

TEST(Schemes, EveryPairConvertsBothWays) {
  const std::pair<Scheme, std::string> written[] = {
      {Scheme::kIob1, "I-PER O O I-LOC I-LOC I-LOC O I-PER B-PER I-PER I-ORG"},
      {Scheme::kIob2, "B-PER O O B-LOC I-LOC I-LOC O B-PER B-PER I-PER B-ORG"},
      {Scheme::kIobes, "S-PER O O B-LOC I-LOC E-LOC O S-PER B-PER E-PER S-ORG"},
      {Scheme::kBmes, "S-PER O O B-LOC M-LOC E-LOC O S-PER B-PER E-PER S-ORG"}};
  for (const auto& [from, text] : written) {
    const std::vector<Tag> read = tags(text, from);
    EXPECT_EQ(first_broken(read, from), std::nullopt) << text;
    EXPECT_EQ(strict_spans(read, from), lenient_spans(read)) << text;
    for (const auto& [to, other] : written) EXPECT_EQ(text_of(converted(read, to), to), other);
  }
}

TEST(Schemes, NamesAreFound) {
  EXPECT_EQ(find_scheme("bio"), Scheme::kIob2);
  EXPECT_EQ(find_scheme("iob2"), Scheme::kIob2);
  EXPECT_EQ(find_scheme("iob1"), Scheme::kIob1);
  EXPECT_EQ(find_scheme("bioes"), Scheme::kIobes);
  EXPECT_EQ(find_scheme("bmes"), Scheme::kBmes);
  EXPECT_EQ(find_scheme("bilou"), std::nullopt);
  EXPECT_EQ(scheme_name(Scheme::kIobes), "iobes");
}

TEST(Schemes, TagsAreCheckedAtTheEdge) {
  EXPECT_EQ(parse_tag("B-A-B", Scheme::kIob2)->type, "A-B");
  EXPECT_EQ(parse_tag("B", Scheme::kIob2)->type, "_");
  EXPECT_EQ(tag_text(*parse_tag("B", Scheme::kIob2), Scheme::kIob2), "B");
  EXPECT_EQ(*parse_tag("M-地名", Scheme::kBmes), (Tag{Prefix::kInside, "地名"}));
  for (const char* bad : {"", "E-PER", "S-PER", "BPER", "B-", "O-PER", "b-PER", "PER", "-"}) {
    EXPECT_EQ(parse_tag(bad, Scheme::kIob2).status().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(parse_tag("I-PER", Scheme::kBmes).ok());
  EXPECT_THAT(parse_tags(words("O B-PER X"), Scheme::kIob1).status().message(), HasSubstr("token 3: \"X\""));
}

TEST(Schemes, BrokenSequencesAreReadTwoWays) {
  struct Case {
    Scheme scheme;
    std::string text, repaired;
    std::size_t lenient, strict;
    std::int64_t changed;
  };
  const Case cases[] = {
      {Scheme::kIob2, "O I-PER I-PER O", "O B-PER I-PER O", 1, 0, 1},
      {Scheme::kIob2, "B-PER I-LOC", "B-PER B-LOC", 2, 1, 1},
      {Scheme::kIob1, "O B-PER I-PER", "O I-PER I-PER", 1, 1, 1},
      {Scheme::kIobes, "B-PER I-PER O", "B-PER E-PER O", 1, 0, 1},
      {Scheme::kIobes, "O E-PER O", "O S-PER O", 1, 0, 1},
      {Scheme::kIobes, "S-PER I-PER E-LOC", "S-PER S-PER S-LOC", 3, 1, 2},
      {Scheme::kBmes, "M-PER M-PER", "B-PER E-PER", 1, 0, 2},
  };
  for (const Case& one : cases) {
    std::vector<Tag> sequence = tags(one.text, one.scheme);
    EXPECT_EQ(lenient_spans(sequence).size(), one.lenient) << one.text;
    EXPECT_EQ(strict_spans(sequence, one.scheme).size(), one.strict) << one.text;
    EXPECT_TRUE(first_broken(sequence, one.scheme).has_value()) << one.text;
    EXPECT_EQ(repair(sequence, one.scheme), one.changed) << one.text;
    EXPECT_EQ(text_of(sequence, one.scheme), one.repaired);
    EXPECT_EQ(repair(sequence, one.scheme), 0);  // once is enough
  }
}

TEST(Schemes, SpansAtTheEdgesAndNone) {
  EXPECT_THAT(lenient_spans({}), IsEmpty());
  EXPECT_THAT(strict_spans({}, Scheme::kIob2), IsEmpty());
  EXPECT_THAT(tags_of({}, 0, Scheme::kIob2), IsEmpty());
  EXPECT_THAT(lenient_spans(tags("B-PER", Scheme::kIob2)), ElementsAre(Span{"PER", 0, 1}));
  EXPECT_THAT(lenient_spans(tags("O B-PER I-PER", Scheme::kIob2)), ElementsAre(Span{"PER", 1, 3}));
}

TEST(SchemesDeathTest, SpansThatOverlapAreABug) {
  const Span overlapping[] = {{"PER", 0, 2}, {"LOC", 1, 3}};
  EXPECT_DEATH(tags_of(overlapping, 3, Scheme::kIob2), "span \\[1, 3\\)");
  const Span outside[] = {{"PER", 2, 4}};
  EXPECT_DEATH(tags_of(outside, 3, Scheme::kIob2), "of 3 tokens");
}

}  // namespace
}  // namespace yupu::tasks
