#include "products/recommend/event_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/recommend/event_store.h"
#include "products/recommend/serve/serving_store.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

class EventIntake : public ::testing::Test {
 protected:
  static SourcedEvent sourced(const std::string& user, const std::string& item, std::int64_t time_ns) {
    return {.event = testing::event(user, item, time_ns), .where = "row " + std::to_string(time_ns)};
  }
  std::int64_t revision() {
    Revision read;
    EXPECT_TRUE(store_
                    ->read([&](store::Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(read, revision_of(transaction, "t"));
                      return ok_status();
                    })
                    .ok());
    return read.events;
  }

  FakeClock clock_{testing::kBeginNs};
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
};

TEST_F(EventIntake, EventsCountsAndPositionAreKeptTogether) {
  EventBatch batch{.source = "s",
                   .position_before = "",
                   .position = "2",
                   .events = {sourced("u", "a", 1), sourced("u", "b", 2), sourced("u", "b", 2)},
                   .refusals = {{.reason = "kind", .where = "row 3"}, {.reason = "kind", .where = "row 4"}}};
  EXPECT_EQ(take_events(*store_, clock_, "t", batch).value(),
            (IntakeOutcomes{{"added", 2}, {"known", 1}, {"refused_kind", 2}}));
  EXPECT_EQ(revision(), 1);
  // The same batch again was read from where nobody is any more: nothing of it is kept.
  EXPECT_EQ(take_events(*store_, clock_, "t", batch).status().code(), Code::kConflict);
  Event other = testing::event("u", "a", 1);
  other.item = "c";
  batch = {.source = "s",
           .position_before = "2",
           .position = "3",
           .events = {{.event = other, .where = "row 5"}},
           .refusals = {}};
  EXPECT_EQ(take_events(*store_, clock_, "t", batch).value(), (IntakeOutcomes{{"refused_conflict", 1}}));
  EXPECT_EQ(revision(), 1) << "nothing has changed";
  EXPECT_EQ(event_position(*store_, "t", "s").value(), "3");
  EXPECT_EQ(event_position(*store_, "another", "s").value(), "");
  EXPECT_EQ(load(*store_, "t")->events.size(), 2U);
  ASSERT_TRUE(count_failure(*store_, clock_, "t", "s", "failed_connect", "nobody answers").ok());
  EXPECT_EQ(event_position(*store_, "t", "s").value(), "3");
  const OrderedJson told = sources_json(*store_, "t").value();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("source"), "s");
  std::string said;
  for (const auto& one : told[0].at("outcomes"))
    said += one.at("outcome").get<std::string>() + " " + std::to_string(one.at("count").get<int>()) + " (" +
            one.at("detail").get<std::string>() + "); ";
  EXPECT_EQ(said,
            "added 2 (); failed_connect 1 (nobody answers); known 1 (); refused_conflict 1 (row 5); refused_kind 2 "
            "(row 4); ");
  EXPECT_TRUE(sources_json(*store_, "another")->empty());
  ASSERT_TRUE(count_failure(*store_, clock_, "another", "s", "failed_connect", "").ok());
  const std::string metrics = source_metrics(*store_).value();
  EXPECT_THAT(metrics, ::testing::HasSubstr("recommend_source_events_total{source=\"s\",outcome=\"added\"} 2\n"));
  EXPECT_THAT(metrics, ::testing::HasSubstr("{source=\"s\",outcome=\"failed_connect\"} 2\n")) << "of both tenants";
}

}  // namespace
}  // namespace yupu::recommend
