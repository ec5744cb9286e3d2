#include "data/passage_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using ::testing::HasSubstr;

class PassageSetTest : public ::testing::Test {
 protected:
  Result<tasks::PassageSet> read(const std::string& name, const std::string& bytes, const std::string& text = "text",
                                 const std::string& prompt = {}) {
    CHECK(write_file_atomic(folder_.file(name), bytes).ok(), "test file");
    return read_passage_set({.path = folder_.file(name), .text_column = text, .prompt_column = prompt});
  }
  yupu::testing::TempDir folder_;
};

TEST_F(PassageSetTest, PlainTextIsCutAtEmptyLines) {
  const auto set = read("a.txt", "\xEF\xBB\xBF\n One  line,\r\nand  another.\n\n  \n\n二\n三");
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  ASSERT_EQ(set->rows.size(), 2u);
  EXPECT_EQ(set->rows[0].text, " One  line,\nand  another.");
  EXPECT_EQ(set->rows[0].line, 2);
  EXPECT_EQ(set->rows[1].text, "二\n三");
  EXPECT_EQ(set->rows[1].line, 7);
  EXPECT_FALSE(set->prompted);
}

TEST_F(PassageSetTest, RowsKeepTheirSpacesAndLines) {
  const auto set = read("a.jsonl", "{\"text\": \" a\\n\\n b \"}\n{\"text\": \"c\"}\n");
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  EXPECT_EQ(set->rows[0].text, " a\n\n b ");
  const auto pairs = read("b.csv", "ask,say\nwhere?, here\n", "say", "ask");
  ASSERT_TRUE(pairs.ok()) << pairs.status().to_string();
  EXPECT_TRUE(pairs->prompted);
  EXPECT_EQ(pairs->rows[0].prompt, "where?");
  EXPECT_EQ(pairs->rows[0].text, " here");
}

TEST_F(PassageSetTest, ErrorsNameFileLineAndField) {
  EXPECT_EQ(read_passage_set({.path = folder_.file("absent.txt")}).status().code(), Code::kNotFound);
  EXPECT_THAT(read("a.txt", "\n \n").status().message(), HasSubstr("a.txt: no texts"));
  EXPECT_THAT(read("b.txt", "good\n\n\xFF\n").status().message(), HasSubstr("b.txt: line 3: not UTF-8 at byte 1"));
  EXPECT_THAT(read("c.jsonl", "{\"text\": \"a\"}\n{\"text\": \" \"}\n").status().message(),
              HasSubstr("line 2: field 'text': blank"));
  EXPECT_EQ(read("d.jsonl", "{\"words\": \"a\"}\n").status().code(), Code::kInvalidArgument);
  EXPECT_THAT(read("e.csv", "ask,say\n,x\n", "say", "ask").status().message(), HasSubstr("field 'ask'"));
  EXPECT_THAT(read("f.csv", "say\nx\n", "say", "say").status().message(), HasSubstr("twice"));
}

}  // namespace
}  // namespace yupu::data
