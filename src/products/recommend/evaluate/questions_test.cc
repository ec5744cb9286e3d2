#include "products/recommend/evaluate/questions.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/recommend/evaluate/time_split.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using tasks::Behaviour;
using tasks::BehaviourKind;
using tasks::BehaviourLog;
using ::testing::ElementsAre;

BehaviourLog small_log() {
  return {{{.user = 0, .item = 3, .time_ns = 30, .kind = BehaviourKind::kBuy},
           {.user = 0, .item = 1, .time_ns = 10, .kind = BehaviourKind::kView},
           {.user = 0, .item = 1, .time_ns = 20, .kind = BehaviourKind::kBuy},  // not new
           {.user = 0, .item = 2, .time_ns = 20, .kind = BehaviourKind::kClick},
           {.user = 0, .item = 4, .time_ns = 20, .kind = BehaviourKind::kView},  // not relevant
           {.user = 0, .item = 0, .time_ns = 30, .kind = BehaviourKind::kClick},
           {.user = 1, .item = 2, .time_ns = 20, .kind = BehaviourKind::kClick},
           {.user = 1, .item = 2, .time_ns = 40, .kind = BehaviourKind::kBuy}},  // not new any more
          3,
          5};
}

TEST(Questions, NextAsksAtEveryInstantWithWhatWasKnownBefore) {
  const auto questions = questions_of(small_log(), 20, 100, {});
  ASSERT_EQ(questions.size(), 3u);
  EXPECT_EQ(questions[0].user, 0u);
  EXPECT_EQ(questions[0].time_ns, 20);
  EXPECT_THAT(questions[0].wanted, ElementsAre(2));
  EXPECT_EQ(questions[1].user, 1u);
  EXPECT_THAT(questions[1].wanted, ElementsAre(2));
  EXPECT_EQ(questions[2].time_ns, 30);
  EXPECT_THAT(questions[2].wanted, ElementsAre(0, 3));
}

TEST(Questions, ListAsksAUserOnceAtTheBeginning) {
  const auto questions = questions_of(small_log(), 20, 100, {.protocol = Protocol::kList});
  ASSERT_EQ(questions.size(), 2u);
  EXPECT_EQ(questions[0].time_ns, 20);
  EXPECT_THAT(questions[0].wanted, ElementsAre(0, 2, 3));
  EXPECT_THAT(questions[1].wanted, ElementsAre(2));
}

TEST(Questions, TheSpanTheKindAndTheCountAreKept) {
  EXPECT_EQ(questions_of(small_log(), 20, 30, {}).size(), 2u);
  EXPECT_THAT(questions_of(small_log(), 20, 100, {.relevant = BehaviourKind::kBuy}).at(0).wanted, ElementsAre(3));
  const auto drawn = questions_of(small_log(), 20, 100, {.questions_max = 2});
  ASSERT_EQ(drawn.size(), 2u);
  EXPECT_LE(drawn[0].time_ns, drawn[1].time_ns);
}

TEST(Questions, WhoHasJustComeIsDrawnFirst) {
  // One user asks a hundred times, twenty others twice.
  std::vector<Behaviour> events;
  for (std::uint32_t i = 0; i < 100; ++i)
    events.push_back({.user = 0, .item = i, .time_ns = 1000 + i, .kind = BehaviourKind::kClick});
  for (std::uint32_t user = 1; user <= 20; ++user) {
    for (std::uint32_t i = 0; i < 2; ++i)
      events.push_back({.user = user, .item = i, .time_ns = 2000 + 10 * user + i, .kind = BehaviourKind::kClick});
  }
  const BehaviourLog log(events, 21, 100);
  const auto newcomers_in = [&log](std::size_t newcomers_max) {
    const auto drawn = questions_of(log, 0, 3000, {.questions_max = 40, .newcomers_max = newcomers_max});
    EXPECT_EQ(drawn.size(), 40u);
    return std::count_if(drawn.begin(), drawn.end(), [&log](const Question& question) {
      return log.of_user_before(question.user, question.time_ns).size() < 5;
    });
  };
  EXPECT_EQ(newcomers_in(40), 40);                                            // of 40 and the first five of user 0
  EXPECT_GE(newcomers_in(25), 25);                                            // the others may be newcomers too
  EXPECT_LT(newcomers_in(0), 25);                                             // as they come: 45 of 140
  EXPECT_EQ(questions_of(log, 0, 3000, {.newcomers_max = 10}).size(), 140u);  // nothing is drawn where all are taken
}

TEST(TimeSplit, NoEventOfATimeIsOnBothSides) {
  const Collection shop = testing::shop();
  const auto split = split_by_time(shop.log, {});
  ASSERT_TRUE(split.ok()) << split.status().to_string();
  EXPECT_LT(split->valid_ns, split->test_ns);
  EXPECT_EQ(split->train_events + split->valid_events + split->test_events,
            static_cast<std::int64_t>(shop.log.events().size()));
  EXPECT_NEAR(static_cast<double>(split->test_events), 0.1 * static_cast<double>(shop.log.events().size()), 2.0);
  const BehaviourLog before = shop.log.cut_at(split->valid_ns);
  EXPECT_LT(before.events().back().time_ns, split->valid_ns);
  for (const Question& question : questions_of(shop.log, split->test_ns, INT64_MAX, {})) {
    EXPECT_GE(question.time_ns, split->test_ns);
    for (const Behaviour& event : shop.log.of_user_before(question.user, question.time_ns))
      EXPECT_THAT(question.wanted, ::testing::Not(::testing::Contains(event.item)));
  }
}

TEST(TimeSplit, ATimeOfOnesOwnAndWhatCannotBeSplit) {
  const BehaviourLog log = small_log();
  const auto split = split_by_time(log, {.test_ns = 30, .valid_share = 0.5});
  ASSERT_TRUE(split.ok()) << split.status().to_string();
  EXPECT_EQ(split->valid_ns, 20);
  EXPECT_EQ(split->train_events, 1);
  EXPECT_EQ(split->valid_events, 4);
  EXPECT_EQ(split->test_events, 3);
  EXPECT_EQ(split_by_time(log, {.test_ns = 10}).status().field(), "split-time");
  EXPECT_EQ(split_by_time(log, {.test_ns = 41}).status().field(), "split-time");
  EXPECT_EQ(split_by_time(BehaviourLog({}, 1, 1), {}).status().field(), "events");
}

}  // namespace
}  // namespace yupu::recommend
