// What goes out goes again and again, in order, and holds nobody up.
#include <string>
#include <vector>

#include "products/service/connectors/testing/line_fixture.h"

namespace yupu::products {
namespace {

using line_testing::kDay;
using line_testing::kMinute;
using line_testing::kSecond;
using line_testing::LineTest;
using line_testing::Told;

TEST_F(LineTest, ANetworkThatIsDownHoldsUpNobodyElse) {
  connector_->down = {"u1"};
  come("e1|u1|first");
  come("e2|u1|second");
  come("e3|u2|other");
  work();
  EXPECT_EQ(connector_->told, (Told{{"u2", "bot: re: other"}}));
  EXPECT_EQ(asked_.size(), 3u);  // the bot has answered all
  EXPECT_EQ(connector_->tried.size(), 2u);
  connector_->down = {};
  clock_.advance_ns(2 * kSecond);
  work();
  EXPECT_EQ(connector_->told, (Told{{"u2", "bot: re: other"}, {"u1", "bot: re: first"}, {"u1", "bot: re: second"}}));
  EXPECT_EQ(connector_->tried[0], connector_->tried[2]);  // under the same id
}

TEST_F(LineTest, GivesUpAfterADayAndSendsAgainWhenTold) {
  connector_->down = {"u1"};
  come("e1|u1|hello");
  work();
  for (std::int64_t passed = 0; passed <= kDay + 20 * kMinute; passed += kMinute) {
    clock_.advance_ns(kMinute);
    work();
  }
  const auto dead = *list_outbox(*store_, "plain", "dead", 10);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].last_error, "down");
  EXPECT_GT(dead[0].attempts, 60);
  connector_->down = {};
  EXPECT_EQ(resend(*store_, "co_none", clock_.now_ns()).code(), Code::kNotFound);
  ASSERT_TRUE(resend(*store_, dead[0].message.id, clock_.now_ns()).ok());
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: hello"}}));
}

TEST_F(LineTest, WhatCannotBeSentIsDeadAtOnceAndTheNextGoes) {
  connector_->refused = {"u1"};
  come("e1|u1|hello");
  work();
  EXPECT_EQ(list_outbox(*store_, "", "dead", 10)->size(), 1u);
  connector_->refused = {};
  come("e2|u1|again");
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: again"}}));
}

TEST_F(LineTest, WhatAPersonSaysGoesOutOnceByTheSameWay) {
  come("e1|u1|a person please");
  work();
  connector_->told.clear();
  person_says("cv_plain:u1", "Mei here");
  person_says("cv_web", "to somebody on the web");
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "person: Mei here"}}));
  open();  // looks at everything again
  clock_.advance_ns(kDay);
  work();
  EXPECT_TRUE(connector_->told.empty());
  person_says("cv_plain:u1", "still there?");
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "person: still there?"}}));
}

TEST_F(LineTest, LongTextsGoInPieces) {
  come("e1|u1|a person please");
  work();
  connector_->told.clear();
  person_says("cv_plain:u1", "Mei here");
  clock_.advance_ns(kSecond);
  person_says("cv_plain:u1", std::string(300, 'x'));
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "person: Mei here"},
                                    {"u1", "person: " + std::string(200, 'x')},
                                    {"u1", "person: " + std::string(100, 'x')}}));
}

TEST_F(LineTest, TextsAreForgottenAndDeletedWithTheirConversation) {
  const auto texts = [&](const std::string& table) {
    std::string all;
    EXPECT_TRUE(store_
                    ->read([&](store::Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT text FROM " + table));
                      for (const store::Row& row : rows) all += row.text(0);
                      return {};
                    })
                    .ok());
    return all;
  };
  come("e1|u1|hello");
  EXPECT_EQ(texts("connector_event"), "hello");
  work();
  EXPECT_EQ(texts("connector_event"), "");
  EXPECT_EQ(texts("connector_outbox"), "re: hello");
  ASSERT_TRUE(sweep_connectors(*store_, clock_.now_ns() + 16 * kMinute).ok());
  EXPECT_EQ(texts("connector_outbox"), "");
  ASSERT_TRUE(store_
                  ->write([](store::Transaction& transaction) {
                    return delete_connector_rows(transaction, "cv_plain:u1").status();
                  })
                  .ok());
  EXPECT_TRUE(list_outbox(*store_, "", "", 10)->empty());
  EXPECT_EQ(come("e1|u1|hello").status, 200);  // and is still known
  work();
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(LineTest, OldRowsAreSweptAway) {
  come("e1|u1|hello");
  work();
  ASSERT_TRUE(sweep_connectors(*store_, clock_.now_ns() + 8 * kDay).ok());
  EXPECT_TRUE(list_outbox(*store_, "", "", 10)->empty());
  come("e2|u1|again");
  work();
  EXPECT_TRUE(asked_[1].contains("conversation"));  // where they stand is kept
}

TEST(Pieces, AreCutBetweenCharactersAndAtLines) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(pieces_of("", 4), Pieces{});
  EXPECT_EQ(pieces_of("abcd", 4), Pieces{"abcd"});
  EXPECT_EQ(pieces_of("abcde", 4), (Pieces{"abcd", "e"}));
  EXPECT_EQ(pieces_of("你好吗", 4), (Pieces{"你", "好", "吗"}));
  EXPECT_EQ(pieces_of("ab\ncdef", 4), (Pieces{"ab\n", "cdef"}));
  EXPECT_EQ(pieces_of("\x80\x80\x80\x80\x80", 4), (Pieces{"\x80\x80\x80\x80", "\x80"}));
}

}  // namespace
}  // namespace yupu::products
