#include "text/tokenizers/wordpiece/wordpiece.h"

#include <atomic>
#include <chrono>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/testing.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kSmall{"[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un",
                                      "runn",  "##ing", ",",     "low",  "[MASK]", "你",   "好", "."};

std::unique_ptr<Tokenizer> make(const std::vector<std::string>& vocabulary, const WordPieceOptions& options = {}) {
  auto made = make_wordpiece(vocabulary, options);
  CHECK(made.ok(), made.status().to_string());
  return std::move(made).value();
}

std::vector<std::string> words(std::string_view text, const WordPieceOptions& options = {}) {
  // Every word is unknown, so the offsets show the words.
  const auto tokenizer = make({"[UNK]", "[CLS]", "[SEP]"}, options);
  const Encoding encoding = tokenizer->encode(text, {.add_special_tokens = false, .offset_unit = OffsetUnit::kBytes});
  std::vector<std::string> found;
  for (const Offset offset : encoding.offsets) found.emplace_back(text.substr(offset.begin, offset.end - offset.begin));
  return found;
}

TEST(WordPiece, VectorsOfTheReferenceTests) {
  const auto tokenizer = make(kSmall);
  const EncodeOptions bare{.add_special_tokens = false};
  EXPECT_THAT(tokenizer->encode("UNwant\u00E9d,running", bare).ids, ElementsAre(7, 4, 5, 10, 8, 9));
  EXPECT_THAT(tokenizer->encode("unwantedX running", bare).ids, ElementsAre(0, 8, 9));
  EXPECT_THAT(tokenizer->encode("", bare).ids, ElementsAre());
  EXPECT_THAT(tokenizer->encode("").ids, ElementsAre(1, 2));
  EXPECT_THAT(words("ah\u535A\u63A8zz"), ElementsAre("ah", "博", "推", "zz"));
  EXPECT_THAT(words(" \tHeLLo!how  \n Are yoU?  "), ElementsAre("HeLLo", "!", "how", "Are", "yoU", "?"));
  EXPECT_THAT(words("a\u00A0b a\u0005b \U0001F4A9"), ElementsAre("a", "b", "a\u0005b", "\U0001F4A9"));
}

TEST(WordPiece, OffsetsCountCodePointsOrBytes) {
  const auto tokenizer = make(kSmall);
  const Encoding points = tokenizer->encode("你好,wanted");
  EXPECT_THAT(points.ids, ElementsAre(1, 13, 14, 10, 3, 5, 2));
  EXPECT_THAT(points.offsets, ElementsAre(Offset{0, 0}, Offset{0, 1}, Offset{1, 2}, Offset{2, 3}, Offset{3, 7},
                                          Offset{7, 9}, Offset{0, 0}));
  EXPECT_THAT(points.type_ids, ElementsAre(0, 0, 0, 0, 0, 0, 0));
  const Encoding bytes = tokenizer->encode("你好\xFFlow", {.offset_unit = OffsetUnit::kBytes});
  EXPECT_THAT(bytes.offsets, ElementsAre(Offset{0, 0}, Offset{0, 3}, Offset{3, 6}, Offset{7, 10}, Offset{0, 0}));
}

TEST(WordPiece, SpecialTokensInTextAreAChoice) {
  const auto tokenizer = make(kSmall);
  EXPECT_THAT(tokenizer->encode("low[MASK]low [SEP]").ids, ElementsAre(1, 11, 12, 11, 2, 2));
  EXPECT_THAT(tokenizer->encode("low[MASK]", {.special_tokens_in_text = false}).ids, ElementsAre(1, 11, 0, 0, 0, 2));
  EXPECT_THAT(tokenizer->encode("[PAD]").ids, ElementsAre(1, 0, 0, 0, 2)) << "no [PAD] in this vocabulary";
}

TEST(WordPiece, TruncationKeepsTheFrame) {
  const auto tokenizer = make(kSmall);
  const Encoding cut = tokenizer->encode("low low low low", {.max_length = 4});
  EXPECT_THAT(cut.ids, ElementsAre(1, 11, 11, 2));
  EXPECT_TRUE(cut.truncated);
  EXPECT_FALSE(tokenizer->encode("low low", {.max_length = 4}).truncated);
  EXPECT_THAT(tokenizer->encode("low", {.max_length = 1}).ids, ElementsAre(1, 2));
  EXPECT_THAT(tokenizer->encode("wantedX wanted", {.max_length = 4}).ids, ElementsAre(1, 0, 3, 2)) << "inside a word";
  EXPECT_THAT(tokenizer->encode("low low low", {.max_length = 2, .add_special_tokens = false}).ids,
              ElementsAre(11, 11));
}

TEST(WordPiece, PairsLoseTheLongerSideFirst) {
  const auto tokenizer = make(kSmall);
  const Encoding pair = tokenizer->encode_pair("low low low low", "你 好", {.max_length = 7});
  EXPECT_THAT(pair.ids, ElementsAre(1, 11, 11, 2, 13, 14, 2));
  EXPECT_THAT(pair.type_ids, ElementsAre(0, 0, 0, 0, 1, 1, 1));
  EXPECT_TRUE(pair.truncated);
  EXPECT_EQ(pair.offsets[4], (Offset{0, 1})) << "each side counts in its own text";
  EXPECT_THAT(tokenizer->encode_pair("low", "low", {.max_length = 1}).ids, ElementsAre(1, 2, 2));
}

TEST(WordPiece, DecodeReadsBack) {
  const auto tokenizer = make(kSmall);
  const Encoding encoding = tokenizer->encode("unwanted, running low. 你好");
  const std::string text = tokenizer->decode(encoding.ids);
  EXPECT_EQ(text, "unwanted, running low. 你 好");
  EXPECT_EQ(tokenizer->encode(text).ids, encoding.ids);
  EXPECT_EQ(tokenizer->decode(std::vector<std::int32_t>{-1, 11, 999}), "[UNK] low [UNK]");
}

TEST(WordPiece, SettingsChangeWhatTheySay) {
  EXPECT_EQ(make({"[UNK]", "[CLS]", "[SEP]", "É"}, {.lower_case = false})->encode("É").ids[1], 3);
  EXPECT_EQ(make({"[UNK]", "[CLS]", "[SEP]", "é"}, {.strip_accents = false})->encode("É").ids[1], 3);
  EXPECT_EQ(make({"[UNK]", "[CLS]", "[SEP]", "E"}, {.lower_case = false, .strip_accents = true})->encode("É").ids[1],
            3);
  EXPECT_EQ(make({"[UNK]", "[CLS]", "[SEP]", "你好"}, {.tokenize_chinese_chars = false})->encode("你好").ids[1], 3);
  EXPECT_EQ(make({"[UNK]", "[CLS]", "[SEP]", "abc"}, {.word_chars_max = 2})->encode("abc").ids[1], 0);
  EXPECT_NE(make(kSmall)->content_id(), make(kSmall, {.lower_case = false})->content_id());
  EXPECT_EQ(make(kSmall)->content_id(), make(kSmall, {.strip_accents = true})->content_id()) << "the same in effect";
}

TEST(WordPiece, LongTextInBoundedTime) {
  const auto tokenizer = make(kSmall);
  const auto start = std::chrono::steady_clock::now();
  std::string no_space(100'000, 'w');
  EXPECT_THAT(tokenizer->encode(no_space).ids, ElementsAre(1, 0, 2));
  std::string marks = "a";
  for (int i = 0; i < 50'000; ++i) marks += i % 2 == 0 ? "\u302E" : "\u0301";  // one run to sort, all in one word
  EXPECT_THAT(tokenizer->encode(marks).ids, ElementsAre(1, 0, 2));
  std::string chinese;
  for (int i = 0; i < 33'000; ++i) chinese += "你";
  EXPECT_EQ(tokenizer->encode(chinese).ids.size(), 33'002U);
  EXPECT_EQ(tokenizer->encode(std::string(100'000, '[')).ids.size(), 100'002U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(WordPiece, ConstUseFromManyThreads) {
  const auto tokenizer = make(kSmall);
  const std::string text = "UNwant\u00E9d,running 你好 [MASK] low.";
  const Encoding expected = tokenizer->encode(text);
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const Encoding encoding = tokenizer->encode(text);
        if (encoding.ids != expected.ids || encoding.offsets != expected.offsets) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

// The reference library's own output: tests/golden/text/make_golden.py.
TEST(WordPiece, GoldenFileOfTheReference) {
  auto bytes = read_file(YUPU_TESTDATA("tests/golden/text/vocab.txt"));
  ASSERT_TRUE(bytes.ok()) << bytes.status().to_string();
  auto vocabulary = parse_vocabulary(*bytes, "vocab.txt");
  ASSERT_TRUE(vocabulary.ok());
  const auto uncased = make(*vocabulary);
  const auto cased = make(*vocabulary, {.lower_case = false});
  auto golden = read_file(YUPU_TESTDATA("tests/golden/text/wordpiece.jsonl"));
  ASSERT_TRUE(golden.ok());
  std::istringstream lines(*golden);
  std::string line;
  int rows = 0;
  while (std::getline(lines, line)) {
    auto parsed = parse_json(line);
    ASSERT_TRUE(parsed.ok()) << line;
    const Json& row = *parsed;
    if (row.contains("library")) continue;
    SCOPED_TRACE(line);
    std::string text = row.value("text", "");
    const std::string hex = row.value("hex", "");
    for (std::size_t i = 0; i < hex.size(); i += 2)
      text.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    const Tokenizer& tokenizer = row["cased"].get<bool>() ? *cased : *uncased;
    const EncodeOptions options{.max_length = row.value("max_length", 0)};
    const Encoding encoding = row.contains("pair")
                                  ? tokenizer.encode_pair(text, row["pair"].get<std::string>(), options)
                                  : tokenizer.encode(text, options);
    ASSERT_EQ(encoding.ids, row["ids"].get<std::vector<std::int32_t>>());
    std::vector<Offset> offsets;
    for (const Json& offset : row["offsets"])
      offsets.push_back({offset[0].get<std::int32_t>(), offset[1].get<std::int32_t>()});
    ASSERT_EQ(encoding.offsets, offsets);
    if (row.contains("type_ids")) {
      ASSERT_EQ(encoding.type_ids, row["type_ids"].get<std::vector<std::int32_t>>());
    }
    ++rows;
  }
  EXPECT_GT(rows, 300);
}

TEST(Vocabulary, BadFilesAreNamedWithTheirLine) {
  const auto message = [](std::string_view bytes) {
    auto vocabulary = parse_vocabulary(bytes, "vocab.txt");
    if (!vocabulary.ok()) return vocabulary.status().message();
    auto made = make_wordpiece(*vocabulary);
    return made.ok() ? std::string("ok") : made.status().message();
  };
  EXPECT_EQ(message("[UNK]\n[CLS]\r\n[SEP]"), "ok");
  EXPECT_THAT(message("[UNK]\n\n[SEP]\n"), HasSubstr("vocab.txt: line 2: a line without a token"));
  EXPECT_THAT(message("[UNK]\nab\xFF\n"), HasSubstr("line 2: not valid UTF-8 from byte 2"));
  EXPECT_THAT(message("[UNK]\n[CLS]\n[SEP]\na\na\n"), HasSubstr("token 4 'a' stands at 3 already"));
  EXPECT_THAT(message("[UNK]\n[CLS]\n"), HasSubstr("no [SEP]"));
  EXPECT_THAT(message(""), HasSubstr("empty"));
  EXPECT_THAT(message("[UNK]\n[CLS]\n[SEP]\n" + std::string(2000, 'a')), HasSubstr("longer than 1024"));
}

TEST(LoadTokenizer, SavedDirectoryGivesEqualEncodings) {
  const testing::TempDir folder;
  const auto tokenizer = make(kSmall, {.lower_case = false, .word_chars_max = 50});
  ASSERT_TRUE(tokenizer->save(folder.file("model")).ok());
  auto from_vocab = load_tokenizer(folder.file("model"));
  ASSERT_TRUE(from_vocab.ok()) << from_vocab.status().to_string();
  EXPECT_EQ((*from_vocab)->content_id(), tokenizer->content_id());
  ASSERT_TRUE(remove_tree(folder.file("model/vocab.txt")).ok());
  ASSERT_TRUE(remove_tree(folder.file("model/tokenizer_config.json")).ok());
  auto from_json = load_tokenizer(folder.file("model"));
  ASSERT_TRUE(from_json.ok()) << from_json.status().to_string();
  EXPECT_EQ((*from_json)->content_id(), tokenizer->content_id());
}

TEST(LoadTokenizer, BadDirectories) {
  const testing::TempDir folder;
  EXPECT_EQ(load_tokenizer(folder.file("absent")).status().code(), Code::kNotFound);
  EXPECT_EQ(load_tokenizer(folder.path()).status().code(), Code::kNotFound);
  const auto load_with = [&](const std::string& name, const std::string& content) {
    CHECK(write_file_atomic(folder.file(name), content).ok(), "test file");
    const Status status = load_tokenizer(folder.path()).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr(name));
    CHECK(remove_tree(folder.file(name)).ok(), "test file");
    return status.message();
  };
  EXPECT_THAT(load_with("tokenizer.json", "{"), HasSubstr("byte"));
  EXPECT_THAT(load_with("tokenizer.json", R"({"model":{"type":"Unigram"}})"), HasSubstr("model.type"));
  EXPECT_THAT(load_with("tokenizer.json", R"({"model":{"type":"WordPiece"},"normalizer":null})"),
              HasSubstr("normalizer"));
  EXPECT_THAT(load_with("tokenizer.json", R"({"model":{"vocab":{"a":1}},"normalizer":{"type":"BertNormalizer"}})"),
              HasSubstr("'a' needs an id"));
  ASSERT_TRUE(write_file_atomic(folder.file("vocab.txt"), "[UNK]\n[CLS]\n[SEP]\n").ok());
  EXPECT_THAT(load_with("tokenizer_config.json", R"({"do_lower_case":"yes"})"),
              HasSubstr("do_lower_case must be true or false"));
  EXPECT_THAT(load_with("tokenizer_config.json", R"({"max_input_chars_per_word":0})"),
              HasSubstr("max_input_chars_per_word"));
  EXPECT_THAT(load_with("tokenizer_config.json", R"({"unk_token":"<unk>"})"), HasSubstr("unk_token must be"));
  EXPECT_THAT(load_with("tokenizer_config.json", "[]"), HasSubstr("must be a JSON object"));
  EXPECT_TRUE(load_tokenizer(folder.path()).ok()) << "the defaults are those of the uncased models";
}

}  // namespace
}  // namespace yupu::text
