#include "text/tokenizers/bpe/bpe.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/testing.h"
#include "text/tokenizers/bpe/pretokens.h"
#include "text/tokenizers/bpe/train.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Tokenizer> open(const std::string& directory) {
  auto opened = load_tokenizer(directory);
  CHECK(opened.ok(), opened.status().to_string());
  return std::move(opened).value();
}

std::unique_ptr<Tokenizer> make(BpeParts parts) {
  auto made = make_bpe(std::move(parts));
  CHECK(made.ok(), made.status().to_string());
  return std::move(made).value();
}

BpeParts small() {
  return {.vocabulary = {"<|endoftext|>", "a", "b", "c", "ab", "abc", "bc", "\u0120", "\u0120a"},
          .merges = {{"b", "c"}, {"a", "b"}, {"ab", "c"}, {"\u0120", "a"}},
          .added = {}};
}

std::vector<std::string> pretokens(std::string_view text) {
  std::vector<std::string> found;
  PretokenReader reader(text, 0, text.size());
  while (const auto span = reader.next()) found.emplace_back(text.substr(span->begin, span->end - span->begin));
  return found;
}

std::vector<Json> golden() {
  const auto bytes = read_file(YUPU_TESTDATA("tests/golden/bpe/bpe.jsonl"));
  CHECK(bytes.ok(), bytes.status().to_string());
  std::istringstream stream(*bytes);
  std::vector<Json> rows;
  for (std::string line; std::getline(stream, line);) {
    auto row = parse_json(line);
    CHECK(row.ok(), row.status().to_string());
    rows.push_back(*row);
  }
  return rows;
}

std::string text_of(const Json& row) {
  if (row.contains("text")) return row["text"].get<std::string>();
  const std::string hex = row["hex"].get<std::string>();
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

TEST(BpeGolden, IdsOffsetsAndTextsOfTheReference) {
  const auto tokenizer = open(YUPU_TESTDATA("tests/golden/bpe/json"));
  EXPECT_EQ(tokenizer->kind(), "bpe");
  std::size_t encoded = 0;
  for (const Json& row : golden()) {
    if (row.contains("ids_to_decode")) {
      EXPECT_EQ(tokenizer->decode(row["ids_to_decode"].get<std::vector<std::int32_t>>()), row["decoded"]);
    }
    if (!row.contains("ids")) continue;
    const Encoding encoding = tokenizer->encode(text_of(row));
    EXPECT_EQ(Json(encoding.ids), row["ids"]) << row;
    Json offsets = Json::array();
    for (const Offset offset : encoding.offsets) offsets.push_back({offset.begin, offset.end});
    EXPECT_EQ(offsets, row["offsets"]) << row;
    EXPECT_EQ(tokenizer->decode(encoding.ids), row["decoded"]) << row;
    ++encoded;
  }
  EXPECT_GT(encoded, 200U);
}

TEST(BpeGolden, VocabularyAndMergesReadAsTokenizerJsonDoes) {
  const auto of_json = open(YUPU_TESTDATA("tests/golden/bpe/json"));
  const auto of_two_files = open(YUPU_TESTDATA("tests/golden/bpe"));
  EXPECT_EQ(of_two_files->vocab_size() + 1, of_json->vocab_size()) << "<|end|> stands in tokenizer.json alone";
  for (const char* text : {"Where is my parcel?", "我的快递到哪里了?", "a<|endoftext|>b"})
    EXPECT_EQ(of_two_files->encode(text).ids, of_json->encode(text).ids);
  // GPT-2's own tokenizer.json has no type, and its merges as "a b".
  auto document = parse_json(*read_file(YUPU_TESTDATA("tests/golden/bpe/json/tokenizer.json")));
  ASSERT_TRUE(document.ok());
  Json& model = (*document)["model"];
  model.erase("type");
  for (Json& merge : model["merges"]) merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  const testing::TempDir old;
  ASSERT_TRUE(write_file_atomic(old.file("tokenizer.json"), to_text(*document)).ok());
  EXPECT_EQ(open(old.path())->content_id(), of_json->content_id());
  const testing::TempDir folder;
  ASSERT_TRUE(of_json->save(folder.path()).ok());
  EXPECT_EQ(open(folder.path())->content_id(), of_json->content_id());
  ASSERT_TRUE(remove_tree(folder.file("tokenizer.json")).ok());
  EXPECT_EQ(open(folder.path())->encode("returned shoes").ids, of_json->encode("returned shoes").ids);
}

TEST(Bpe, PretokensOfThePattern) {
  EXPECT_THAT(pretokens("I'll say  hi\n 12,5!"),
              ElementsAre("I", "'ll", " say", " ", " hi", "\n", " 12", ",", "5", "!"));
  EXPECT_THAT(pretokens("a \n\t b"), ElementsAre("a", " \n\t", " b"));
  EXPECT_THAT(pretokens("a\n\nb"), ElementsAre("a", "\n", "\n", "b"));
  EXPECT_THAT(pretokens("x   "), ElementsAre("x", "   "));
  EXPECT_THAT(pretokens("我 的,"), ElementsAre("我", " 的", ","));
}

TEST(Bpe, LowestRankFirstThenLeftmost) {
  const auto tokenizer = make(small());
  EXPECT_THAT(tokenizer->encode("abc").ids, ElementsAre(1, 6)) << "b c comes before a b";
  EXPECT_THAT(tokenizer->encode("ab ab").ids, ElementsAre(4, 7, 4)) << "a b comes before a space and a";
  EXPECT_THAT(tokenizer->encode("xab").ids, ElementsAre(4)) << "a byte without a token is passed over";
  EXPECT_THAT(tokenizer->encode("xab").offsets, ElementsAre(Offset{0, 3}));
  EXPECT_THAT(tokenizer->encode("xyz").ids, ElementsAre());
}

TEST(Bpe, AddedTokensAreAChoiceAndTheLongerOneCounts) {
  BpeParts parts = small();
  parts.vocabulary.insert(parts.vocabulary.end(), {"<a>", "<a>b"});
  parts.added = {{.text = "<a>"}, {.text = "<a>b", .special = false}};
  const auto tokenizer = make(parts);
  EXPECT_THAT(tokenizer->encode("a<a>b<a>").ids, ElementsAre(1, 10, 9));
  EXPECT_THAT(tokenizer->encode("a<a>b", {.special_tokens_in_text = false}).ids, ElementsAre(1, 1, 2));
  EXPECT_EQ(tokenizer->decode(std::vector<std::int32_t>{1, 10, 9, 0, 2, -1, 99}), "a<a>bb");
  EXPECT_EQ(tokenizer->special_ids().end_of_text, 0);
}

TEST(Bpe, TruncationAndPairs) {
  const auto tokenizer = make(small());
  const Encoding cut = tokenizer->encode("a a a a", {.max_length = 2});
  EXPECT_THAT(cut.ids, ElementsAre(1, 8));
  EXPECT_TRUE(cut.truncated);
  EXPECT_FALSE(tokenizer->encode("a a", {.max_length = 2}).truncated);
  const Encoding pair = tokenizer->encode_pair("a a a", "b", {.max_length = 3});
  EXPECT_THAT(pair.ids, ElementsAre(1, 8, 2));
  EXPECT_THAT(pair.type_ids, ElementsAre(0, 0, 1));
}

// Half a million bytes without a place to cut: seconds would be minutes if each merge looked at all the others.
TEST(Bpe, ALongPretokenIsSplitAsItsPartsAre) {
  const auto tokenizer = open(YUPU_TESTDATA("tests/golden/bpe/json"));
  const std::string unit = "returnedparcel";
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += unit;
  const Encoding encoding = tokenizer->encode(text);
  EXPECT_EQ(tokenizer->decode(encoding.ids), text);
  EXPECT_EQ(encoding.offsets.back().end, static_cast<std::int32_t>(text.size()));
}

TEST(Bpe, WhatTheVocabularyMustHave) {
  const auto refused = [](BpeParts parts) { return make_bpe(std::move(parts)).status().message(); };
  EXPECT_THAT(refused({}), HasSubstr("empty"));
  BpeParts parts = small();
  parts.vocabulary[2] = "a";
  EXPECT_THAT(refused(parts), HasSubstr("token 2 'a' stands at 1 already"));
  parts = small();
  parts.end_of_text = "<end>";
  EXPECT_THAT(refused(parts), HasSubstr("no '<end>'"));
  parts = small();
  parts.merges.emplace_back("c", "a");
  EXPECT_THAT(refused(parts), HasSubstr("merge 5 'c a': 'ca' is not in the vocabulary"));
  parts = small();
  parts.merges.push_back(parts.merges[0]);
  EXPECT_THAT(refused(parts), HasSubstr("merge 5 'b c' stands there twice"));
}

TEST(Bpe, BadFilesAreNamed) {
  EXPECT_THAT(parse_merges("#version: 0.2\na b\nc\n", "merges.txt").status().message(),
              HasSubstr("merges.txt: line 3"));
  EXPECT_THAT(parse_bpe_vocabulary(R"({"a":0,"b":2})", "vocab.json").status().message(),
              HasSubstr("vocab.json: vocab: token 'b'"));
  EXPECT_THAT(parse_bpe_vocabulary("[]", "vocab.json").status().message(), HasSubstr("JSON object"));
  const auto json = [](const std::string& model, const std::string& rest = "") {
    return parse_bpe_json(
               R"({"pre_tokenizer":{"type":"ByteLevel")" + rest + R"(},"model":{"type":"BPE")" + model + "}}", "t.json")
        .status()
        .message();
  };
  EXPECT_THAT(json(""), HasSubstr("model.vocab"));
  EXPECT_THAT(json(R"(,"vocab":{"a":0})"), HasSubstr("model.merges"));
  EXPECT_THAT(json(R"(,"vocab":{"a":0},"merges":["a"])"), HasSubstr("entry 0 is no pair"));
  EXPECT_THAT(json(R"(,"byte_fallback":true)"), HasSubstr("byte_fallback is true"));
  EXPECT_THAT(json("", R"(,"add_prefix_space":true)"), HasSubstr("add_prefix_space is true"));
  const testing::TempDir folder;
  ASSERT_TRUE(write_file_atomic(folder.file("vocab.json"), R"({"a":0})").ok());
  EXPECT_THAT(load_tokenizer(folder.path()).status().message(), HasSubstr("merges.txt"));
}

TEST(TrainBpe, MostFrequentPairFirstAndAnyLanguage) {
  std::vector<std::string> texts;
  for (int i = 0; i < 10; ++i) texts.emplace_back("hug");
  for (int i = 0; i < 5; ++i) texts.emplace_back("pug hugs 我的");
  const auto parts = train_bpe(source_of(texts), {.vocab_size = 270, .min_frequency = 5});
  ASSERT_TRUE(parts.ok());
  ASSERT_GT(parts->merges.size(), 2U);
  EXPECT_EQ(parts->merges[0], (std::pair<std::string, std::string>("u", "g"))) << "20 times";
  EXPECT_EQ(parts->merges[1], (std::pair<std::string, std::string>("h", "ug"))) << "15 times";
  EXPECT_EQ(parts->vocabulary[0], kEndOfText);
  EXPECT_EQ(parts->vocabulary[1], "!");
  const auto tokenizer = make(*parts);
  EXPECT_EQ(tokenizer->encode("hug").ids.size(), 1U);
  EXPECT_EQ(tokenizer->encode(" 我的").ids.size(), 1U);
  for (const char* text : {"hug 我的快递 \xF0\x9F\x98\x80\n", "never seen", ""})
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text).ids), text);
  std::ranges::reverse(texts);
  EXPECT_EQ(train_bpe(source_of(texts), {.vocab_size = 270, .min_frequency = 5})->merges, parts->merges);
}

TEST(TrainBpe, LimitsAndAnEmptyCorpus) {
  const std::vector<std::string> none = {"", ""};
  EXPECT_THAT(train_bpe(source_of(none), {}).status().message(), HasSubstr("no text"));
  EXPECT_THAT(train_bpe(source_of(none), {.vocab_size = 256}).status().message(), HasSubstr("257"));
  EXPECT_THAT(train_bpe(source_of(none), {.min_frequency = 0}).status().message(), HasSubstr("min_frequency"));
}

}  // namespace
}  // namespace yupu::text
