#include "training/pretrain/corpus.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> letters() {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "。", "\"", "茶"};
  for (char c = 'a'; c <= 'z'; ++c) vocabulary.emplace_back(1, c);
  auto made = text::make_wordpiece(std::move(vocabulary));
  return std::move(*made);
}

std::string written(const yupu::testing::TempDir& dir, const std::string& name, const std::string& bytes) {
  std::string path = dir.file(name);
  EXPECT_TRUE(write_file_atomic(path, bytes).ok());
  return path;
}

Corpus corpus_of(const std::vector<std::string>& lines) {
  const auto tokenizer = letters();
  Corpus corpus;
  for (const std::string& line : lines) corpus.add_line(*tokenizer, line);
  corpus.end_document();
  return corpus;
}

TEST(CorpusLines, EndsMarksAndFilesAreTakenApart) {
  const yupu::testing::TempDir dir;
  const std::vector<std::string> files = {written(dir, "a", "\xEF\xBB\xBFone\r\n\ntwo"), written(dir, "b", "three\n")};
  CorpusLines lines(files);
  std::vector<std::string> seen;
  std::string_view line;
  while (true) {
    const auto more = lines.next(line);
    ASSERT_TRUE(more.ok());
    if (!*more) break;
    seen.emplace_back(line);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "", "two", "", "three", ""}));
}

TEST(CorpusLines, InvalidUtf8IsNamedByFileAndLine) {
  const yupu::testing::TempDir dir;
  const std::vector<std::string> files = {written(dir, "bad.txt", "fine\nnot \xFF fine\n")};
  const auto corpora = read_corpora(files, *letters(), 0.0, 0);
  EXPECT_EQ(corpora.status().code(), Code::kInvalidArgument);
  EXPECT_THAT(corpora.status().message(), HasSubstr("bad.txt: line 2: not UTF-8 at byte 5"));
}

TEST(Corpus, SentencesEndBehindTheirPunctuation) {
  const Corpus corpus = corpus_of({"a b. c d.\" e", "", "茶。f"});
  EXPECT_EQ(corpus.token_count(), 11);
  EXPECT_EQ(corpus.segment_count(), 5);  // "a b." "c d.\"" "e" | "茶。" "f"
  EXPECT_EQ(corpus.document_count(), 2);
}

TEST(Corpus, SequencesAreWholeSentencesOfOneDocument) {
  // Documents of sentences of 4 tokens ("x x x ."), and one sentence of 30.
  std::vector<std::string> lines;
  for (int document = 0; document < 5; ++document) {
    for (int i = 0; i < 9; ++i) lines.emplace_back("x y z .");
    lines.emplace_back();
  }
  std::string tokens;
  for (int i = 0; i < 30; ++i) tokens += "q ";
  lines.push_back(tokens);
  const Corpus corpus = corpus_of(lines);
  const auto cut = corpus.cut({.tokens_max = 12, .short_share = 0.5}, 1, 0);
  std::int64_t total = 0;
  std::set<std::uint32_t> lengths;
  for (const Corpus::Sequence& sequence : cut) {
    EXPECT_LE(sequence.length, 12u);
    total += sequence.length;
    if (corpus.tokens(sequence)[0] == corpus.tokens({corpus.token_count() > 0 ? 180u : 0u, 1})[0]) continue;
    lengths.insert(sequence.length);
    EXPECT_EQ(sequence.begin % 4, 0u);
    EXPECT_EQ(sequence.length % 4, 0u);
    EXPECT_LE(sequence.begin % 36 + sequence.length, 36u) << "runs into the next document";
  }
  EXPECT_EQ(total, corpus.token_count());
  EXPECT_GT(lengths.size(), 1u);
  EXPECT_EQ(cut.size(), corpus.cut({.tokens_max = 12, .short_share = 0.5}, 1, 0).size());
}

TEST(Corpus, EveryEpochCutsElsewhereAndSeedsRepeat) {
  std::vector<std::string> lines(200, "x y z .");
  const Corpus corpus = corpus_of(lines);
  const auto begins = [&](std::uint64_t seed, std::int64_t epoch) {
    std::vector<std::uint32_t> all;
    for (const auto& sequence : corpus.cut({.tokens_max = 40, .short_share = 0.7}, seed, epoch)) {
      all.push_back(sequence.begin);
    }
    return all;
  };
  EXPECT_EQ(begins(1, 0), begins(1, 0));
  EXPECT_NE(begins(1, 0), begins(1, 1));
  EXPECT_NE(begins(1, 0), begins(2, 0));
}

TEST(Corpus, HeldOutLinesAreNeverTrainedOn) {
  const yupu::testing::TempDir dir;
  std::string text;
  for (int i = 0; i < 400; ++i) {
    const auto letter = [](int n) { return std::string(1, static_cast<char>('a' + n % 26)); };
    text += letter(i) + " " + letter(i / 26) + " " + letter(i * 7) + " .\n";
  }
  const std::vector<std::string> once = {written(dir, "a", text)};
  const std::vector<std::string> twice = {once[0], once[0]};
  const auto tokenizer = letters();
  const auto single = read_corpora(once, *tokenizer, 0.2, 1'000'000);
  const auto corpora = read_corpora(twice, *tokenizer, 0.2, 1'000'000);
  ASSERT_TRUE(single.ok() && corpora.ok());
  EXPECT_EQ(corpora->train.token_count(), 2 * single->train.token_count());
  EXPECT_NEAR(static_cast<double>(corpora->valid.token_count()) / (2 * 1600), 0.2, 0.06);
  std::set<std::vector<std::int32_t>> held_out;
  const auto whole = [](const Corpus& corpus) { return corpus.cut({.tokens_max = 4, .short_share = 0.0}, 1, 0); };
  for (const auto& sequence : whole(corpora->valid)) {
    const auto tokens = corpora->valid.tokens(sequence);
    held_out.insert({tokens.begin(), tokens.end()});
  }
  for (const auto& sequence : whole(corpora->train)) {
    const auto tokens = corpora->train.tokens(sequence);
    EXPECT_FALSE(held_out.contains({tokens.begin(), tokens.end()}));
  }
}

TEST(Corpus, AnEmptyCorpusIsRefused) {
  const yupu::testing::TempDir dir;
  const std::vector<std::string> files = {written(dir, "empty", ""), written(dir, "blank", "\n \n\n")};
  EXPECT_EQ(read_corpora(files, *letters(), 0.1, 100).status().field(), "corpus");
  const std::vector<std::string> missing = {dir.file("missing")};
  EXPECT_EQ(read_corpora(missing, *letters(), 0.1, 100).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::training
