#include "data/acquire/files/conll.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "data/acquire/files/testing.h"

namespace yupu::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::pieces;

std::vector<ConllSentence> read_all(const std::string& bytes, const ConllOptions& options = {},
                                    std::size_t piece = SIZE_MAX) {
  ConllReader reader(pieces(bytes, piece), options);
  std::vector<ConllSentence> sentences;
  for (ConllSentence sentence; reader.next(sentence).value();) sentences.push_back(sentence);
  return sentences;
}

Result<ConllFile> read_text(const std::string& text, ConllSource source = {}) {
  const yupu::testing::TempDir dir;
  source.path = dir.file("x.conll");
  EXPECT_TRUE(write_file_atomic(source.path, text).ok());
  auto file = read_conll_file(source);
  return file;
}

TEST(Conll, SentencesDocumentsAndColumns) {
  const std::string bytes =
      "\xEF\xBB\xBF-DOCSTART- -X- O O\r\n\r\nEU NNP I-NP B-ORG\r\nrejects VBZ  I-VP\tO\r\n\r\n\r\n"
      "Peter NNP I-NP B-PER\n-DOCSTART- -X- O O\nBonn NNP I-NP B-LOC";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}, SIZE_MAX}) {
    const auto sentences = read_all(bytes, {}, piece);
    ASSERT_EQ(sentences.size(), 3u) << piece;
    EXPECT_THAT(sentences[0].tokens, ElementsAre("EU", "rejects"));
    EXPECT_THAT(sentences[0].tags, ElementsAre("B-ORG", "O"));
    EXPECT_THAT(sentences[0].lines, ElementsAre(3, 4));
    EXPECT_EQ(sentences[0].document, 1);
    EXPECT_EQ(sentences[1].document, 1);
    EXPECT_EQ(sentences[2].document, 2);
    EXPECT_EQ(sentences[2].line, 9);
  }
  EXPECT_THAT(read_all(bytes, {.tag_column = 1})[0].tags, ElementsAre("NNP", "VBZ"));
  EXPECT_THAT(read_all(bytes, {.token_column = 1, .tag_column = 3})[0].tokens, ElementsAre("NNP", "VBZ"));
}

TEST(Conll, TabsAndCommentsOnlyWhenAsked) {
  const std::string bytes = "# text = New York\n1\tNew York\tB-LOC\n2\t.\tO\n";
  const ConllOptions options{.token_column = 1, .tabs_only = true, .hash_comments = true};
  const auto sentences = read_all(bytes, options);
  ASSERT_EQ(sentences.size(), 1u);
  EXPECT_THAT(sentences[0].tokens, ElementsAre("New York", "."));
  EXPECT_THAT(sentences[0].lines, ElementsAre(2, 3));
  // "#" may be a token of its own.
  EXPECT_THAT(read_all("# SYM O\n1 CD O\n")[0].tokens, ElementsAre("#", "1"));
}

TEST(Conll, ABrokenLineSpoilsItsSentenceAlone) {
  const auto sentences = read_all("a O\nb\nc O\n\nd O\n\ne O extra\n");
  ASSERT_EQ(sentences.size(), 3u);
  ASSERT_TRUE(sentences[0].problem.has_value());
  EXPECT_EQ(sentences[0].problem->reason, "ragged");
  EXPECT_EQ(sentences[0].problem_line, 2);
  EXPECT_FALSE(sentences[1].problem.has_value());
  EXPECT_EQ(sentences[2].problem_line, 7);
  EXPECT_THAT(sentences[2].problem->detail, HasSubstr("the file's first line has 2"));
}

TEST(Conll, AFileIsReadWholeOrRefusedWithItsLine) {
  struct Case {
    const char* text;
    const char* message;
  };
  const Case cases[] = {{"a O\nb\n", "x.conll: line 2: 1 columns, column 2 is asked for"},
                        {"a\nb\n", "line 1: one column"},
                        {"a O\n\nb X-PER\n", "line 3: \"X-PER\" is no tag of iob2"},
                        {"a O\n\nb\xff O\n", "line 3: token: "},
                        {"", "no sentence"},
                        {"\n\n-DOCSTART- O\n\n", "no sentence"}};
  for (const Case& one : cases) {
    const auto file = read_text(one.text);
    EXPECT_EQ(file.status().code(), Code::kInvalidArgument) << one.text;
    EXPECT_THAT(file.status().message(), HasSubstr(one.message)) << one.text;
  }
  EXPECT_EQ(read_conll_file({.path = "/nowhere/x.conll"}).status().code(), Code::kNotFound);
}

TEST(Conll, BrokenSequencesAreCountedAndRepairedOrRefused) {
  const std::string text = "-DOCSTART- O\n\nAnn B-PER\nran O\n\nNew I-LOC\nYork I-LOC\nin O\nMay I-MISC\n";
  const auto repaired = read_text(text);
  ASSERT_TRUE(repaired.ok()) << repaired.status().to_string();
  EXPECT_EQ(repaired->sentences.size(), 2u);
  EXPECT_EQ(repaired->token_count, 6);
  EXPECT_EQ(repaired->document_count, 1);
  EXPECT_EQ(repaired->repaired_sentences, 1);
  EXPECT_EQ(repaired->repaired_tags, 2);
  EXPECT_EQ(repaired->first_repaired_line, 6);
  EXPECT_THAT(tasks::tag_texts(repaired->sentences[1].tags, tasks::Scheme::kIob2),
              ElementsAre("B-LOC", "I-LOC", "O", "B-MISC"));
  EXPECT_EQ(repaired->sha256.size(), 64u);

  const auto refused = read_text(text, {.path = {}, .strict = true});
  EXPECT_THAT(refused.status().message(),
              HasSubstr("line 6: tag I-LOC after the sentence's start is not right in iob2"));
  const auto right = read_text("New I-LOC\nYork I-LOC\n", {.path = {}, .scheme = tasks::Scheme::kIob1, .strict = true});
  EXPECT_TRUE(right.ok()) << right.status().to_string();
}

TEST(Conll, ASentenceWithoutEndIsCutShort) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "a O\n";
  const auto sentences = read_all(bytes, {.sentence_tokens_max = 8});
  ASSERT_EQ(sentences.size(), 1u);
  EXPECT_EQ(sentences[0].problem->reason, "record_too_long");
  EXPECT_EQ(sentences[0].problem_line, 9);
}

// Where the project's data is present: the counts of the task's own paper (cs/0306050, table 1).
TEST(Conll, TheSharedTasksOwnFile) {
  const char* folder = std::getenv("YUPU_SHARED_DATA");
  if (folder == nullptr || !file_exists(std::string(folder) + "/conll2003-en/eng.testa"))
    GTEST_SKIP() << "YUPU_SHARED_DATA names no folder with conll2003-en/eng.testa";
  const auto file = read_conll_file(
      {.path = std::string(folder) + "/conll2003-en/eng.testa", .scheme = tasks::Scheme::kIob1, .strict = true});
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  EXPECT_EQ(file->document_count, 216);
  EXPECT_EQ(file->sentences.size(), 3250u);
  EXPECT_EQ(file->token_count, 51362);
}

}  // namespace
}  // namespace yupu::data
