// Answers out of documents: when they are given, and that nothing in them is the bot's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/conversation/conversation_bot.h"
#include "products/service/conversation/conversation_store.h"
#include "products/service/conversation/quoted_text.h"
#include "products/service/conversation/script.h"
#include "products/service/conversation/testing.h"
#include "products/service/knowledge/shelf.h"
#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::HasSubstr;
using testing::kCard;
using testing::scores;
using testing::Shelf;

constexpr const char* kTenant = "tn_1";

// The text is its citations' bytes and nothing else: one a line, followed by the document's date where there are
// several documents.
void check_quotes(Shelf& shelf, const serving::BotAnswer& said) {
  ASSERT_FALSE(said.quotes.empty());
  const bool of_several = std::any_of(said.quotes.begin(), said.quotes.end(),
                                      [&](const auto& one) { return one.document != said.quotes.front().document; });
  std::string rest = said.text;
  for (const serving::BotQuote& one : said.quotes) {
    const auto documents = list_documents(shelf.store(), kOwnShelf).value();
    const auto document = std::find_if(documents.begin(), documents.end(),
                                       [&](const DocumentRow& row) { return row.source == one.document; });
    ASSERT_NE(document, documents.end()) << one.document;
    EXPECT_EQ(one.version, document->version);
    EXPECT_EQ(one.title, document->title);
    EXPECT_EQ(one.date, format_utc(document->dated_ns + 8 * 3'600'000'000'000).substr(0, 10));
    const std::string whole = document_text(shelf.store(), kOwnShelf, one.document).value();
    ASSERT_LE(one.end, whole.size());
    ASSERT_LT(one.begin, one.end);
    std::string line = whole.substr(one.begin, one.end - one.begin);
    if (of_several) line += " (" + one.date + ")";
    ASSERT_TRUE(rest.starts_with(line)) << "'" << line << "' is not what comes next of '" << rest << "'";
    rest.erase(0, line.size());
    if (rest.empty()) continue;
    ASSERT_TRUE(rest.starts_with('\n')) << rest;
    rest.erase(0, 1);
  }
  EXPECT_EQ(rest, "") << "words that no document has";
}

class DocumentAnswer : public ::testing::Test {
 protected:
  DocumentAnswer() {
    shelf_.add(
        "returns.md",
        "# Returns\n\nTea may be returned within 30 days. Opened bags are welcome too.\n\n## Refunds\n\nA refund "
        "takes three days. It goes to the card you paid with.\n",
        kOwnShelf);
    shelf_.add("zh.md", "# 售后\n\n七天之内可以退货。退款三天到账，原路退回。\n", kOwnShelf);
    open({});
  }
  void open(KnowledgeOptions options) {
    bot_ =
        std::make_unique<ConversationBot>(shelf_.store(), shelf_.clock(), testing::shop(), ConversationOptions{},
                                          nullptr, std::make_unique<KnowledgeBase>(shelf_.store(), nullptr, options));
  }
  serving::BotAnswer say(const std::string& conversation, const std::string& text, const std::string& intents,
                         const std::string& option = {}) {
    const auto turn =
        bot_->hear({.tenant_id = kTenant, .conversation = conversation, .text = text, .option = option}).value();
    const auto said = turn->answer(kCard, scores(intents), "tr_" + std::to_string(++trace_count_)).value();
    EXPECT_TRUE(shelf_.store().write([&](store::Transaction& transaction) { return turn->keep(transaction); }).ok());
    return said;
  }

  Shelf shelf_;
  std::unique_ptr<ConversationBot> bot_;
  int trace_count_ = 0;
};

TEST_F(DocumentAnswer, WhatTheModelIsNotSureOfTheDocumentsAnswer) {
  for (const char* intents : {"", "hours|refund"}) {
    const auto said = say("", "how many days does a refund take?", intents);
    EXPECT_EQ(said.decision, "answer");
    EXPECT_EQ(said.text, "A refund takes three days.");
    EXPECT_TRUE(said.options.empty());
    EXPECT_TRUE(said.sources.empty());
    EXPECT_EQ(said.intent, scores(intents).ranked.front().label);  // what was predicted is not hidden
    EXPECT_EQ(said.score, scores(intents).ranked.front().score);
    check_quotes(shelf_, said);
    EXPECT_EQ(said.notes.at("knowledge").at("quotes"), 1);
    EXPECT_GE(said.notes.at("knowledge").at("score").get<double>(), 0.5);
    EXPECT_EQ(said.notes.at("knowledge").at("threshold"), 0.5);
  }
  const auto zh = say("", "退款几天到账", "");
  EXPECT_EQ(zh.text, "退款三天到账，原路退回。");
  EXPECT_EQ(zh.lang, "zh");
  check_quotes(shelf_, zh);
}

TEST_F(DocumentAnswer, OutOfScopeIsAskedToo) {
  const auto turn = bot_->hear({.tenant_id = kTenant, .text = "how many days does a refund take?"}).value();
  const auto said = turn->answer(kCard, {.ranked = {{"hours", 0.95}}, .in_scope = false}, "tr_x").value();
  EXPECT_EQ(said.text, "A refund takes three days.");
}

TEST_F(DocumentAnswer, AnApprovedAnswerComesFirst) {
  const auto said = say("", "how many days does a refund take?", "refund");
  EXPECT_EQ(said.text, "English refund");
  EXPECT_TRUE(said.quotes.empty());
  EXPECT_FALSE(said.notes.contains("knowledge"));
  // And where nobody can be sure, a person who is asked for is not answered with a quote.
  EXPECT_EQ(say("", "refund days", "talk_to_human|refund").decision, "clarify");
}

TEST_F(DocumentAnswer, BelowTheThresholdTheStepsGoOn) {
  const auto asked = say("", "refund for my elephants and giraffes", "hours|refund");
  EXPECT_EQ(asked.decision, "clarify");
  EXPECT_EQ(asked.options.size(), 2U);
  EXPECT_EQ(asked.notes.at("knowledge").at("quotes"), 0);
  EXPECT_LT(asked.notes.at("knowledge").at("score").get<double>(), 0.5);
  EXPECT_EQ(say(asked.conversation, "who won the match", "").decision, "handoff");  // the second unsure one
}

TEST_F(DocumentAnswer, ItIsAnAnswerAndTheCountBeginsAnew) {
  const std::string id = say("", "hm", "hours|refund").conversation;
  EXPECT_EQ(say(id, "how many days does a refund take?", "").decision, "answer");
  EXPECT_EQ(say(id, "hm again", "hours|refund").decision, "clarify");
  // The buttons of before the answer are not shown any more.
  EXPECT_EQ(say(id, "how many days does a refund take?", "").decision, "answer");
  EXPECT_TRUE(say(id, "", "", "refund").notes.contains("stale_tap"));
}

TEST_F(DocumentAnswer, AValueThatIsAskedForIsNoQuestion) {
  const std::string id = say("", "where is my order", "status").conversation;
  const auto said = say(id, "how many days does a refund take?", "");
  EXPECT_EQ(said.slot, "order");
  EXPECT_FALSE(said.notes.contains("knowledge"));
}

TEST_F(DocumentAnswer, OnlyPunctuationIsRefusedHoweverSureTheModelIs) {
  for (const char* text : {"?!", "？？？", "…", "👍"}) {
    const auto said = say("", text, "refund");
    EXPECT_EQ(said.decision, "refuse") << text;
    EXPECT_TRUE(said.quotes.empty());
  }
  EXPECT_EQ(say("", "退", "refund").decision, "answer");
}

TEST_F(DocumentAnswer, ContradictingDocumentsStandSideBySideWithTheirDates) {
  shelf_.add("old.md", "# Returns\n\nTea may be returned within 14 days.\n", kOwnShelf,
             testing::kDated - 40 * testing::kDayNs);
  const auto said = say("", "within how many days may tea be returned", "");
  EXPECT_EQ(said.decision, "answer");
  EXPECT_THAT(said.text, HasSubstr("Tea may be returned within 30 days. (2026-10-01)"));
  EXPECT_THAT(said.text, HasSubstr("Tea may be returned within 14 days. (2026-08-22)"));
  check_quotes(shelf_, said);
}

TEST_F(DocumentAnswer, TheDayIsTheOneTheDocumentSays) {
  shelf_.add("dated.md", "---\ndate: 2025-01-02\n---\n# Parking\n\nParking is free.\n", kOwnShelf);
  const auto said = say("", "is parking free", "");
  ASSERT_EQ(said.quotes.size(), 1U);
  EXPECT_EQ(said.quotes[0].date, "2025-01-02");
}

TEST_F(DocumentAnswer, EverySentenceIsTheDocuments) {
  // Long ones, lines and tables, two languages: whatever is said stands there.
  shelf_.add(
      "table.md",
      "# Water\n\n| tea | water |\n|---|---|\n| green | 80 degrees |\n| black | 95 degrees |\n\nGreen tea wants "
      "80 degrees; boil the water  first.  \nBlack tea wants 95 degrees!\n\n绿茶用八十度的水。红茶用九十五度的水。\n",
      kOwnShelf);
  open({.threshold = 0.2});
  int answered = 0;
  for (const char* query : {"green tea degrees", "black tea water", "绿茶用几度的水", "红茶", "boil the water",
                            "opened bags", "refund card", "退货", "tea returned", "which tea wants 95 degrees"}) {
    const auto said = say("", query, "");
    if (said.decision != "answer") continue;
    ++answered;
    check_quotes(shelf_, said);
  }
  EXPECT_GE(answered, 8);
  // The same after the document has changed: the citation names the version that is quoted.
  shelf_.add("returns.md", "# Refunds\n\nA refund takes five days.\n", kOwnShelf);
  const auto changed = say("", "how many days does a refund take?", "");
  EXPECT_THAT(changed.text, HasSubstr("five days"));
  check_quotes(shelf_, changed);
}

TEST_F(DocumentAnswer, TestsOfConversationsNameTheDocument) {
  KnowledgeBase knowledge(shelf_.store(), nullptr, {});
  const auto scorer = [](const std::string& text) -> Result<serving::ScoredText> {
    return scores(text == "hours" ? "hours" : "");
  };
  const auto finder = [&](const std::string& text) { return knowledge.find({}, text); };
  std::vector<Script> scripts(2);
  scripts[0].name = "good";
  scripts[0].turns = {{.say = "how many days does a refund take?", .decision = "answer", .source = "returns.md"},
                      {.say = "hours", .source = "policy#hours"}};
  scripts[1].name = "bad";
  scripts[1].turns = {{.say = "how many days does a refund take?", .source = "zh.md"}};
  const auto dialogue = testing::shop();
  const auto report = run_scripts(*dialogue, scripts, kCard, scorer, testing::kNow, finder).value();
  ASSERT_EQ(report.failures.size(), 1U) << report.to_text();
  EXPECT_THAT(report.to_text(), HasSubstr("- source: zh.md\n  + source: returns.md"));
  EXPECT_EQ(run_scripts(*dialogue, scripts, kCard, scorer, testing::kNow)->failures.size(), 2U);
}

TEST_F(DocumentAnswer, AConversationHasOneVisitor) {
  const auto hear = [&](const std::string& conversation, const std::string& visitor) {
    return bot_->hear({.tenant_id = kTenant, .conversation = conversation, .text = "hours", .visitor = visitor});
  };
  const std::string id = say("", "hello", "hours").conversation;
  const auto keep = [&](const std::string& visitor) {
    const auto turn = hear(id, visitor).value();
    EXPECT_TRUE(turn->answer(kCard, scores("hours"), "tr_v" + visitor).ok());
    return shelf_.store().write([&](store::Transaction& transaction) { return turn->keep(transaction); });
  };
  ASSERT_TRUE(keep("ann").ok());  // named later than it began
  ASSERT_TRUE(keep("").ok());
  EXPECT_EQ(get_conversation(shelf_.store(), kTenant, id)->visitor, "ann");
  EXPECT_EQ(hear(id, "bob").status().code(), Code::kNotFound);
  EXPECT_EQ(hear(id, "bob").status().field(), "conversation");
  EXPECT_EQ(list_conversations(shelf_.store(), {.visitor = "ann"})->size(), 1U);
  EXPECT_TRUE(list_conversations(shelf_.store(), {.visitor = "bob"})->empty());
}

}  // namespace
}  // namespace yupu::products
