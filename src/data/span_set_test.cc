#include "data/span_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using tasks::Scheme;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SpanSetFile : public ::testing::Test {
 protected:
  TagSource written(const std::string& content, std::optional<Scheme> scheme = {}) {
    EXPECT_TRUE(write_file_atomic(dir_.file("a.jsonl"), content).ok());
    return {.path = dir_.file("a.jsonl"), .scheme = scheme};
  }
  std::string refused(const std::string& content) {
    const auto set = read_tag_set(written(content));
    EXPECT_EQ(set.status().code(), Code::kInvalidArgument) << content;
    return set.status().message();
  }
  yupu::testing::TempDir dir_;
};

TEST_F(SpanSetFile, SpansBecomeTagsOfTheirWords) {
  const std::string content =
      R"({"text": "Greta Stone lives in 新港。", "entities": [{"type": "LOC", "begin": 21, "end": 23}, )"
      R"({"type": "PER", "begin": 0, "end": 11, "text": "Greta Stone", "score": 0.9}]})"
      "\n\n"
      R"({"text": "nobody", "entities": []})"
      "\n";
  const auto set = read_tag_set(written(content));
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  ASSERT_EQ(set->sentences.size(), 2u);
  EXPECT_EQ(set->scheme, Scheme::kIob2);
  EXPECT_EQ(set->widened_spans, 0);
  EXPECT_EQ(set->first_widened_line, 0);
  EXPECT_THAT(set->sentences[0].words, ElementsAre("Greta", "Stone", "lives", "in", "新", "港", "。"));
  EXPECT_THAT(tasks::tag_texts(set->sentences[0].tags, Scheme::kIob2),
              ElementsAre("B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O"));
  EXPECT_THAT(set->sentences[1].lines, ElementsAre(3));
  const auto marked = read_tag_set(written(content, Scheme::kIobes));
  ASSERT_TRUE(marked.ok()) << marked.status().to_string();
  EXPECT_THAT(tasks::tag_texts(marked->sentences[0].tags, Scheme::kIobes),
              ElementsAre("B-PER", "E-PER", "O", "O", "B-LOC", "E-LOC", "O"));
}

TEST_F(SpanSetFile, FormsOfOtherToolsAreRead) {
  for (const char* line :
       {R"({"text": "in Rome", "spans": [{"start": 3, "end": 7, "label": "LOC", "token_start": 1}]})",
        R"({"id": 4, "text": "in Rome", "label": [[3, 7, "LOC"]]})",
        R"({"text": "in Rome", "labels": [[3, 7, "LOC"]], "meta": {}})"}) {
    const auto set = read_tag_set(written(line));
    ASSERT_TRUE(set.ok()) << set.status().to_string();
    EXPECT_THAT(tasks::tag_texts(set->sentences[0].tags, Scheme::kIob2), ElementsAre("O", "B-LOC")) << line;
  }
}

TEST_F(SpanSetFile, ASpanThatDoesNotAlignIsWidenedAndCounted) {
  // Within "Romans", from the middle of "well-known"; a blank at the end is no part of a span.
  const auto set = read_tag_set(written(R"({"text": "a b", "entities": [[0, 2, "X"]]})"
                                        "\n"
                                        R"({"text": "well-known Romans", "entities": [[11, 15, "LOC"], [5, 10, "X"]]})"
                                        "\n"));
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  EXPECT_EQ(set->widened_spans, 2);
  EXPECT_EQ(set->first_widened_line, 2);
  EXPECT_THAT(tasks::tag_texts(set->sentences[0].tags, Scheme::kIob2), ElementsAre("B-X", "O"));
  EXPECT_THAT(tasks::tag_texts(set->sentences[1].tags, Scheme::kIob2), ElementsAre("B-X", "B-LOC"));
}

TEST_F(SpanSetFile, WhatIsWrongIsNamedWithFileLineAndField) {
  EXPECT_THAT(
      refused("{\"text\": \"ok\", \"entities\": []}\n{\"text\": \"in Rome\", \"entities\": [[3, 8, \"LOC\"]]}\n"),
      HasSubstr("a.jsonl: line 2: field 'entities[0]': from 3 to 8 is no part of a text of 7 characters"));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": [[7, 7, "LOC"]]})"), HasSubstr("from 7 to 7"));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": [[-1, 2, "LOC"]]})"), HasSubstr("from -1 to 2"));
  EXPECT_THAT(refused(R"({"text": "in  Rome", "entities": [[2, 4, "LOC"]]})"), HasSubstr("there is no word"));
  // Bytes counted instead of characters.
  EXPECT_THAT(refused(R"({"text": "住在新港市", "entities": [{"begin": 0, "end": 2, "type": "LOC", "text": "新港"}]})"),
              HasSubstr("its text is \"新港\", and from 0 to 2 stands \"住在\""));
  EXPECT_THAT(refused(R"({"text": "the New York Times", "entities": [[4, 18, "ORG"], [4, 12, "LOC"]]})"),
              HasSubstr("field 'entities[1]': the word \"New\" is part of entities[0] too"));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": [{"begin": 3, "end": 7}]})"), HasSubstr("the type must be"));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": [[3, 7, "A B"]]})"), HasSubstr("\"A B\""));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": [[3.5, 7, "LOC"]]})"), HasSubstr("whole numbers"));
  EXPECT_THAT(refused(R"({"text": "in Rome", "entities": ["LOC"]})"), HasSubstr("[begin, end, type]"));
  EXPECT_THAT(refused(R"({"text": "in Rome"})"), HasSubstr("field 'entities': a list was expected"));
  EXPECT_THAT(refused(R"({"text": " ", "entities": []})"), HasSubstr("field 'text': there is no word"));
  EXPECT_THAT(refused(R"({"entities": []})"), HasSubstr("field 'text': a string"));
  EXPECT_THAT(refused("{\"text\": \n"), HasSubstr("a.jsonl: line 1"));
  EXPECT_THAT(refused("\n"), HasSubstr("no rows"));
  TagSource source = written(R"({"text": "a", "entities": []})");
  source.tag_column = 1;
  EXPECT_THAT(read_tag_set(source).status().message(), HasSubstr("column"));
  EXPECT_EQ(read_tag_set({.path = dir_.file("nowhere.jsonl")}).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::data
