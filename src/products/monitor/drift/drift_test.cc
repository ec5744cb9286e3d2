#include "products/monitor/drift/drift.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "products/monitor/alarms/alarms.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/judgements/judgements.h"
#include "products/monitor/sentiment/rescore.h"
#include "products/monitor/sentiment/testing.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kWeek = 7 * kDayNs;

ScoreCounts counts_at(std::initializer_list<std::pair<double, std::int64_t>> scores) {
  ScoreCounts counts;
  for (const auto& [negative, count] : scores) {
    for (std::int64_t i = 0; i < count; ++i) counts.add({.negative = negative, .neutral = 1 - negative, .positive = 0});
  }
  return counts;
}

TEST(ScoreDistribution, BinsAreLogOdds) {
  EXPECT_EQ(score_bin(0.5), kScoreBins / 2);
  EXPECT_EQ(score_bin(0.0), 0u);
  EXPECT_EQ(score_bin(1.0), kScoreBins - 1);
  EXPECT_EQ(score_bin(std::nan("")), 0u);
  EXPECT_EQ(score_bin(-1.0), 0u);
  EXPECT_LT(score_bin(0.99), score_bin(0.995)) << "what a sure model says is told apart";
}

TEST(ScoreDistribution, UnsureIsWhoseLikeliestIsLow) {
  ScoreCounts counts;
  counts.add({.negative = 0.4, .neutral = 0.35, .positive = 0.25});
  counts.add({.negative = 0.1, .neutral = 0.3, .positive = 0.6});
  EXPECT_EQ(counts.unsure, 1);
  EXPECT_EQ(counts.total(), 2);
}

// Two groups, of which the first has 600 of 1000 and then 300 of 1000: computed by hand.
TEST(ScoreDistribution, TheIndexIsWhatItsFormulaSays) {
  const ScoreCounts before = counts_at({{0.1, 600}, {0.9, 400}}), after = counts_at({{0.1, 300}, {0.9, 700}});
  const Shift shift = shift_between(before, after);
  const double p = 600.5 / 1001, q = 300.5 / 1001;
  EXPECT_NEAR(shift.psi, (q - p) * std::log(q / p) + (p - q) * std::log((1 - q) / (1 - p)), 1e-12);
  EXPECT_NEAR(shift.ks, 0.3, 1e-12);
  EXPECT_LT(shift.ks_tail, 1e-30);
  EXPECT_EQ(verdict_of(shift), DriftVerdict::kDrifted);
  const Shift none = shift_between(before, before);
  EXPECT_EQ(none.psi, 0.0);
  EXPECT_EQ(none.ks, 0.0);
  EXPECT_EQ(none.ks_tail, 1.0);
  EXPECT_EQ(verdict_of(none), DriftVerdict::kSteady);
}

TEST(ScoreDistribution, ChanceIsNoMove) {
  EXPECT_EQ(verdict_of({.psi = 0.09, .ks = 0.3, .ks_tail = 0}), DriftVerdict::kSteady);
  EXPECT_EQ(verdict_of({.psi = 0.1, .ks = 0.1, .ks_tail = 1e-4}), DriftVerdict::kMoved);
  EXPECT_EQ(verdict_of({.psi = 0.3, .ks = 0.1, .ks_tail = 0.01}), DriftVerdict::kSteady);
  EXPECT_EQ(verdict_of({.psi = 0.25, .ks = 0.1, .ks_tail = 1e-4}), DriftVerdict::kDrifted);
  // Numerical Recipes, section 14.3: lambda = 1.36 is the 5 % point of Kolmogorov's distribution.
  const ScoreCounts a = counts_at({{0.1, 50'000}, {0.9, 50'000}});
  const ScoreCounts b = counts_at({{0.1, 50'608}, {0.9, 49'392}});
  EXPECT_NEAR(shift_between(a, b).ks_tail, 0.05, 0.002);
}

class Drift : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  // `count` stories received in the hour that begins at `received_ns`, a `negative_share` of them negative.
  void take(std::int64_t received_ns, int count, double negative_share, double sure = 0.9,
            const std::string& release = "rel_1") {
    Batch batch{.source = "feed",
                .position_before = batches_ == 0 ? "" : std::to_string(batches_),
                .position = std::to_string(batches_ + 1),
                .read_ns = received_ns,
                .documents = {}};
    ++batches_;
    for (int i = 0; i < count; ++i) {
      IncomingDocument incoming;
      incoming.source = "feed";
      incoming.guid = std::to_string(++documents_);
      incoming.text = "tea " + incoming.guid;
      incoming.received_ns = received_ns + i;
      ReadyDocument ready = make_ready(std::move(incoming), topics_, SentimentFrom::kScored).value();
      const bool negative = i < static_cast<int>(std::lround(negative_share * count));
      Probabilities score{.negative = negative ? sure : (1 - sure) / 2, .neutral = (1 - sure) / 2, .positive = 0};
      score.positive = 1 - score.negative - score.neutral;
      ready.scores = {.release = release, .whole = score, .topics = {score}};
      ready.document.sentiment = score.likeliest();
      batch.documents.push_back(std::move(ready));
    }
    const auto taken = take_batch(*store_, "m", batch, {});
    ASSERT_TRUE(taken.ok()) << taken.status().to_string();
  }
  void counts_model(const std::string& release, std::int64_t since_ns = 0) {
    ASSERT_TRUE(store_
                    ->write([&](store::Transaction& transaction) {
                      return transaction
                          .execute(
                              "INSERT INTO monitor_model (monitor, release_id, since_ns) VALUES ('m', ?, ?) ON "
                              "CONFLICT (monitor) DO UPDATE SET release_id = excluded.release_id, since_ns = "
                              "excluded.since_ns",
                              {release, since_ns})
                          .status();
                    })
                    .ok());
  }
  // A reference week and, after it, weeks of which each is far from it.
  void take_drifted_weeks(int count, const std::string& release = "rel_1") {
    take(monday_ - kDayNs, 10, 0.2, 0.9, release);
    for (int week = 0; week <= count; ++week)
      take(monday_ + week * kWeek + kHourNs, 600, week == 0 ? 0.2 : 0.6, 0.9, release);
  }
  std::vector<DriftWeek> watch(std::int64_t now_ns) {
    auto weeks = watch_drift(*store_, "m", routes_, now_ns);
    EXPECT_TRUE(weeks.ok()) << weeks.status().to_string();
    return weeks.ok() ? *weeks : std::vector<DriftWeek>();
  }
  std::vector<Notice> notices() { return list_notices(*store_, "m", "", 100).value(); }
  std::size_t told() { return read_audit_of(*store_, "m", "drift", 0).value().size(); }

  const std::int64_t monday_ = week_of(20'000 * kDayNs);
  TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}}).value();
  std::vector<Route> routes_ = {{.name = "all", .url = "https://a.example/"},
                                {.name = "tea", .url = "https://b.example/", .topics = {"tea"}}};
  std::unique_ptr<store::Store> store_;
  int batches_ = 0, documents_ = 0;
};

TEST_F(Drift, AWeekBeginsOnMondayInShanghai) {
  // 2026-11-23 was a Monday: 16:00 UTC of Sunday is its first moment there.
  const std::int64_t monday = 1'795'363'200 * kSecondNs;
  EXPECT_EQ(week_of(monday), monday);
  EXPECT_EQ(week_of(monday - 1), monday - kWeek);
  EXPECT_EQ(week_of(monday + kWeek - 1), monday);
  EXPECT_EQ((DriftWeek{.week_ns = monday}).to_json().at("week"), "2026-11-23");
}

TEST_F(Drift, ASteadyWeekIsSilentAndADriftIsToldOnce) {
  counts_model("rel_1");
  take(monday_ - kDayNs, 10, 0.2);  // the week before is not whole
  take(monday_ + kHourNs, 600, 0.2);
  take(monday_ + kWeek + kHourNs, 600, 0.22);
  take(monday_ + 2 * kWeek + kHourNs, 600, 0.5, 0.58);
  EXPECT_TRUE(watch(monday_ + kWeek + 59 * kMinuteNs).empty()) << "not settled yet";
  const auto first = watch(monday_ + kWeek + kHourNs);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].verdict, DriftVerdict::kReference);
  EXPECT_EQ(first[0].counts.total(), 600);
  EXPECT_EQ(first[0].counts.unsure, 0);
  EXPECT_EQ(watch(monday_ + 2 * kWeek + kHourNs).at(0).verdict, DriftVerdict::kSteady);
  EXPECT_EQ(told(), 0u);
  const auto drifted = watch(monday_ + 3 * kWeek + kHourNs);
  ASSERT_EQ(drifted.size(), 1u);
  EXPECT_EQ(drifted[0].verdict, DriftVerdict::kDrifted);
  EXPECT_EQ(drifted[0].reference_ns, monday_);
  EXPECT_EQ(drifted[0].counts.unsure, 600);
  EXPECT_EQ(told(), 1u);
  ASSERT_EQ(notices().size(), 1u) << "to the route of all topics alone";
  EXPECT_EQ(notices()[0].route, "all");
  const Json body = parse_json(notices()[0].body).value();
  EXPECT_EQ(body.at("status"), "drift");
  EXPECT_EQ(body.at("drift").at("verdict"), "drifted");
  EXPECT_NE(body.at("detail").get<std::string>().find("100.0 % of them unsure"), std::string::npos) << body;
  EXPECT_TRUE(watch(monday_ + 3 * kWeek + 2 * kHourNs).empty());
  EXPECT_EQ(told(), 1u);
  const auto kept = drift_weeks(*store_, "m", 10).value();
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(to_text(Json(kept[0].to_json())), to_text(Json(drifted[0].to_json())));
  EXPECT_EQ(kept[0].counts.bins, drifted[0].counts.bins);
  EXPECT_EQ(kept[2].verdict, DriftVerdict::kReference);
}

TEST_F(Drift, AFewStoriesSayNothing) {
  counts_model("rel_1");
  take(monday_ - kDayNs, 1, 0);
  take(monday_ + kHourNs, 499, 0.2);
  const auto weeks = watch(monday_ + kWeek + kHourNs);
  ASSERT_EQ(weeks.size(), 1u);
  EXPECT_EQ(weeks[0].verdict, DriftVerdict::kTooFew);
  EXPECT_FALSE(weeks[0].shift);
  EXPECT_EQ(rebase_drift(*store_, "m", "Li", 0).status().code(), Code::kConflict);
}

TEST_F(Drift, AnotherModelHasAnotherReferenceAndIsNoDrift) {
  counts_model("rel_1");
  take(monday_ - kDayNs, 10, 0.2);
  take(monday_ + kHourNs, 600, 0.2);
  EXPECT_EQ(watch(monday_ + kWeek + kHourNs).size(), 1u);
  // Everything stored is scored anew, by a model that is another one.
  ASSERT_TRUE(store_
                  ->write([](store::Transaction& transaction) {
                    return transaction.execute("UPDATE monitor_score SET release_id = 'rel_2', negative = 1 - negative")
                        .status();
                  })
                  .ok());
  counts_model("rel_2");
  take(monday_ + kWeek + kHourNs, 600, 0.8, 0.9, "rel_2");
  const auto weeks = watch(monday_ + 2 * kWeek + kHourNs);
  ASSERT_EQ(weeks.size(), 2u);
  EXPECT_EQ(weeks[0].verdict, DriftVerdict::kReference);
  EXPECT_EQ(weeks[0].release, "rel_2");
  EXPECT_EQ(weeks[0].week_ns, monday_);
  EXPECT_EQ(weeks[1].reference_ns, monday_);
  EXPECT_EQ(drift_weeks(*store_, "m", 10)->size(), 3u);
}

// A program that did not know of drift, or one that was away: what it finds stored it keeps and tells nobody of.
TEST_F(Drift, OnlyTheWeekThatJustEndedIsNews) {
  counts_model("rel_1");
  take_drifted_weeks(3);
  const auto weeks = watch(monday_ + 4 * kWeek + kHourNs);
  ASSERT_EQ(weeks.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(weeks[i].verdict, DriftVerdict::kDrifted) << i;
  EXPECT_EQ(drift_weeks(*store_, "m", 10)->size(), 4u) << "all are kept";
  ASSERT_EQ(told(), 1u) << "the last alone is told";
  EXPECT_EQ(parse_json(notices().at(0).body)->at("drift").at("week").dump(), weeks[3].to_json().at("week").dump());
}

TEST_F(Drift, AWeekIsNewsUntilTheNextIsOver) {
  counts_model("rel_1");
  take_drifted_weeks(1);
  EXPECT_EQ(watch(monday_ + 3 * kWeek + kHourNs).size(), 3u) << "the last is empty";
  EXPECT_EQ(told(), 0u);
  EXPECT_TRUE(notices().empty());
}

TEST_F(Drift, AnotherModelTellsNothingOfWeeksBeforeItCounted) {
  counts_model("rel_2", monday_ + 2 * kWeek + kHourNs);  // the week had ended when it began to count
  take_drifted_weeks(1, "rel_2");
  const auto weeks = watch(monday_ + 2 * kWeek + 2 * kHourNs);
  ASSERT_EQ(weeks.size(), 2u);
  EXPECT_EQ(weeks[1].verdict, DriftVerdict::kDrifted);
  EXPECT_EQ(told(), 0u);
  take(monday_ + 2 * kWeek + 3 * kHourNs, 600, 0.6, 0.9, "rel_2");
  EXPECT_EQ(watch(monday_ + 3 * kWeek + kHourNs).size(), 1u);
  EXPECT_EQ(told(), 1u) << "its own weeks are news";
}

TEST_F(Drift, WhoHasLookedMakesTheNewestWeekTheReference) {
  EXPECT_EQ(rebase_drift(*store_, "m", "Li", 0).status().code(), Code::kNotFound);
  counts_model("rel_1");
  take(monday_ - kDayNs, 10, 0.2);
  for (int week = 0; week < 3; ++week) take(monday_ + week * kWeek + kHourNs, 600, week == 0 ? 0.2 : 0.6);
  watch(monday_ + 2 * kWeek + kHourNs);
  EXPECT_EQ(told(), 1u);
  const auto rebased = rebase_drift(*store_, "m", "Li", monday_ + 2 * kWeek + 2 * kHourNs);
  ASSERT_TRUE(rebased.ok()) << rebased.status().to_string();
  EXPECT_EQ(rebased->week_ns, monday_ + kWeek);
  EXPECT_EQ(rebase_drift(*store_, "m", "Li", 0).status().code(), Code::kConflict);
  const auto next = watch(monday_ + 3 * kWeek + kHourNs);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].verdict, DriftVerdict::kSteady);
  EXPECT_EQ(next[0].reference_ns, monday_ + kWeek);
  EXPECT_EQ(told(), 1u);
  EXPECT_EQ(read_audit_of(*store_, "m", "drift_rebased", 0)->at(0).who, "Li");
}

TEST_F(Drift, WhatPeopleSayStandsBeside) {
  counts_model("rel_1");
  take(monday_ - kDayNs, 10, 0.5);
  take(monday_ + kHourNs, 500, 0.5);
  for (const auto& [id, is] :
       std::vector<std::pair<std::int64_t, Sentiment>>{{1, Sentiment::kNegative}, {2, Sentiment::kPositive}})
    ASSERT_TRUE(judge_document(*store_, "m", topics_, {.document_id = id, .topic = "tea", .sentiment = is}, "Li",
                               monday_ + kDayNs)
                    .ok());
  const auto weeks = watch(monday_ + kWeek + kHourNs);
  ASSERT_EQ(weeks.size(), 1u);
  EXPECT_EQ(weeks[0].judged, 2);
  EXPECT_EQ(weeks[0].confirmed, 1);
}

TEST_F(Drift, WithoutAModelThereIsNothing) {
  take(monday_ - kDayNs, 10, 0.2);
  EXPECT_TRUE(watch(monday_ + 5 * kWeek).empty());
  EXPECT_TRUE(drift_weeks(*store_, "m", 10)->empty());
}

}  // namespace
}  // namespace yupu::monitor
