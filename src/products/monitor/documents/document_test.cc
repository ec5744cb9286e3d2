#include "products/monitor/documents/document.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/monitor/documents/push_row.h"
#include "text/phrases/phrases.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 20'000 * kDayNs;

TopicDictionary topics() {
  return TopicDictionary::create({{"tea", {"Green Hill", "青山茶", "GHT"}}, {"water", {}}}).value();
}

IncomingDocument document(std::string title, std::string text) {
  return {.source = "s",
          .guid = {},
          .url = {},
          .title = std::move(title),
          .text = std::move(text),
          .publisher = {},
          .published_ns = kNow,
          .received_ns = kNow,
          .sentiment = Sentiment::kNeutral};
}

std::string refused(const IncomingDocument& incoming) {
  const auto ready = make_ready(incoming, topics());
  return ready.ok() ? "" : ready.status().field();
}

TEST(Topics, AliasesInTitleOrText) {
  const auto names = [](std::string title, std::string text) {
    const ReadyDocument ready = make_ready(document(std::move(title), std::move(text)), topics()).value();
    std::string all;
    for (const std::string& topic : ready.topics) all += topic + ";";
    return all;
  };
  EXPECT_EQ(names("ＧＨＴ falls", "no water today"), "tea;water;");
  EXPECT_EQ(names("", "今天青山茶业召回"), "tea;");
  EXPECT_EQ(names("Waterfalls", "GHTX"), "");
  EXPECT_EQ(names("Green", "Hill"), "");  // an alias does not reach from the title into the text
}

TEST(Topics, AnAmbiguousNameNeedsItsContext) {
  const Topic apple{.name = "Apple",
                    .aliases = {"AAPL"},
                    .ambiguous = {"Apple", "苹果"},
                    .context = {"iPhone", "库克"},
                    .except = {"苹果汁", "apple pie"}};
  const TopicDictionary dictionary = TopicDictionary::create({apple, {"juice", {"苹果汁"}}}).value();
  const auto names = [&](const std::string& title, const std::string& text) {
    std::string all;
    for (const std::string& topic : dictionary.find(text::fold_phrase(title), text::fold_phrase(text)))
      all += topic + ";";
    return all;
  };
  EXPECT_EQ(names("", "An apple a day keeps the doctor away"), "");
  EXPECT_EQ(names("", "Apple sells fewer iPhones"), "") << "a word of the context is a whole one";
  EXPECT_EQ(names("Apple sells less", "The new iPhone is late"), "Apple;") << "title and text are one document";
  EXPECT_EQ(names("", "库克说苹果销量下滑"), "Apple;");
  EXPECT_EQ(names("", "AAPL falls"), "Apple;") << "a name that is not ambiguous needs nothing";
  EXPECT_EQ(names("", "苹果汁涨价，库克没有说什么"), "juice;");
  EXPECT_EQ(names("", "库克：苹果不卖苹果汁"), "Apple;juice;") << "the name stands outside of the exception as well";
  EXPECT_EQ(names("iPhone", "She bakes an apple pie"), "");
  EXPECT_EQ(names("iPhone", "An apple piece"), "Apple;") << "an exception is a whole phrase";
  EXPECT_EQ(dictionary.named_in(text::fold_phrase("苹果跌了。")), std::vector<std::string>{"Apple"})
      << "a sentence of a document has the document's context";
  EXPECT_TRUE(dictionary.named_in(text::fold_phrase("苹果汁跌了。")).size() == 1);
}

TEST(Topics, RefusedWhenMade) {
  const Topic unnamed{"", {}}, plain{"a", {}}, blank_alias{"a", {"  "}}, blank_name{"　", {}};
  using List = std::vector<Topic>;
  for (const List& bad : {List(), List{unnamed}, List{plain, plain}, List{blank_alias}, List{blank_name}})
    EXPECT_EQ(TopicDictionary::create(bad).status().field(), "topic");
  EXPECT_TRUE(TopicDictionary::create({plain}).ok());
  Topic no_context = plain, no_names = plain, blank = plain;
  no_context.ambiguous = no_names.context = blank.except = {"b"};
  EXPECT_TRUE(TopicDictionary::create({blank}).ok());
  blank.except = {" "};
  for (const Topic& bad : {no_context, no_names, blank})
    EXPECT_EQ(TopicDictionary::create({bad}).status().field(), "topic");
}

TEST(Document, RefusedByReason) {
  EXPECT_EQ(refused(document("water", "")), "");
  EXPECT_EQ(refused(document("", "")), "empty");
  EXPECT_EQ(refused(document("\xF0\x9F\x98\x80!?", " \n")), "empty");
  EXPECT_EQ(refused(document("water", std::string(kDocumentBytesMax, 'x'))), "too_large");
  IncomingDocument wrong = document("water", "");
  wrong.publisher = std::string(kPublisherBytesMax + 1, 'x');
  EXPECT_EQ(refused(wrong), "too_large");
  wrong = document("water", "");
  wrong.url = "ftp://x/";
  EXPECT_EQ(refused(wrong), "url");
  wrong = document("water", "");
  wrong.published_ns = -1;
  EXPECT_EQ(refused(wrong), "published");
  wrong.published_ns = kNow + 11 * kMinuteNs;
  EXPECT_EQ(refused(wrong), "published");
  wrong.published_ns = kNow + 9 * kMinuteNs;
  EXPECT_EQ(refused(wrong), "");
  wrong.received_ns = -1;
  EXPECT_EQ(refused(wrong), "received");
  wrong = document("water", "");
  wrong.sentiment.reset();
  EXPECT_EQ(refused(wrong), "sentiment");
}

TEST(Document, PublisherFromItsAddressElseItsSource) {
  IncomingDocument incoming = document("water \xff", "");
  EXPECT_EQ(make_ready(incoming, topics())->document.publisher, "s");
  EXPECT_EQ(make_ready(incoming, topics())->document.title, "water \uFFFD");
  incoming.url = "https://Paper.Example/a";
  EXPECT_EQ(make_ready(incoming, topics())->document.publisher, "paper.example");
  incoming.publisher = "The Paper";
  EXPECT_EQ(make_ready(incoming, topics())->document.publisher, "The Paper");
}

// A million bytes in many scripts, markup and pictures are a text as any other.
TEST(Document, LongMixedAndMarkedUpIsTaken) {
  std::string text = "<script>alert(1)</script> 青山茶 и вода \xF0\x9F\x98\x80 ماء 水 ";
  while (text.size() < 1'000'000) text += "word" + std::to_string(text.size()) + " 语\xF0\x9F\x8D\xB5 ";
  const auto ready = make_ready(document("\xF0\x9F\x98\x80 <b onload='x'>", text), topics());
  ASSERT_TRUE(ready.ok()) << ready.status().to_string();
  EXPECT_EQ(ready->topics, std::vector<std::string>{"tea"});
  EXPECT_EQ(ready->document.text, text) << "kept as it came: whoever shows it escapes it";
  EXPECT_FALSE(ready->bands.empty());
}

// Rows with bytes changed, doubled, cut out and put in at random.
TEST(PushRow, WhateverComesIsTakenOrHasAReason) {
  const std::vector<std::string> rows = {
      R"({"title": "tea", "text": "青山茶涨价", "url": "https://a.example/?q=1", "sentiment": "negative"})",
      R"({"guid": "7", "text": "water \ud83d\ude00", "published": "2024-10-04T08:00:00+08:00", "sentiment": "neutral"})",
      R"({"title": "<img src=x onerror=alert(1)>", "publisher": "p", "received": "2024-10-04T00:00:00Z", "sentiment": "positive"})",
      R"({"text": null, "title": "", "sentiment": "negative"})"};
  const std::set<std::string> reasons = {"malformed", "empty",    "too_large", "url",
                                         "published", "received", "sentiment"};
  Rng rng(11);
  std::map<std::string, int> met;
  for (int i = 0; i < 4000; ++i) {
    std::string row = rows[rng.below(rows.size())];
    for (std::uint64_t changes = rng.below(4); changes > 0 && !row.empty(); --changes) {
      const std::size_t at = rng.below(row.size());
      switch (rng.below(4)) {
        case 0:
          row[at] = static_cast<char>(rng.below(256));
          break;
        case 1:
          row.insert(at, row.substr(at, rng.below(30)));
          break;
        case 2:
          row.erase(at, rng.below(30));
          break;
        default:
          row.insert(at, 1, static_cast<char>(rng.below(256)));
      }
    }
    const auto read = read_push_row(row, "s", kNow);
    const Status status = read.ok() ? make_ready(*read, topics()).status() : read.status();
    ++met[status.ok() ? "taken" : status.field()];
    EXPECT_TRUE(status.ok() || reasons.contains(status.field())) << row << ": " << status.to_string();
  }
  for (const char* kind : {"taken", "malformed", "empty", "url", "sentiment"}) EXPECT_GT(met[kind], 0) << kind;
}

TEST(PushRow, ReadsStrictly) {
  const auto row = read_push_row(R"({"title": "t", "published": "2024-10-04T08:00:00+08:00", "guid": null,)"
                                 R"( "received": "2024-10-04T00:05:00Z", "sentiment": "negative"})",
                                 "s", kNow);
  ASSERT_TRUE(row.ok()) << row.status().to_string();
  EXPECT_EQ(row->published_ns, kNow);
  EXPECT_EQ(row->received_ns, kNow);  // five minutes ahead of our clock: now
  EXPECT_EQ(row->sentiment, Sentiment::kNegative);
  EXPECT_EQ(read_push_row(R"({"title": "t"})", "s", kNow)->received_ns, kNow);
  const auto reason = [](std::string_view line) { return read_push_row(line, "s", kNow).status().field(); };
  for (const char* bad : {"", "[]", "{", R"({"title": 7})", R"({"tilte": "x"})", R"({"title": "a", "title": "b"})"})
    EXPECT_EQ(reason(bad), "malformed") << bad;
  for (const char* bad : {"yesterday", "2024-10-04", "2024-10-04T08:00:00", "2024-13-04T08:00:00Z"})
    EXPECT_EQ(reason(R"({"published": ")" + std::string(bad) + R"("})"), "published") << bad;
  EXPECT_EQ(reason(R"({"received": "2024-10-04T00:11:00Z"})"), "received");
  EXPECT_EQ(reason(R"({"sentiment": "bad"})"), "sentiment");
}

}  // namespace
}  // namespace yupu::monitor
