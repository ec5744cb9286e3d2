#include "improvement/gate.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handoff/live_release.h"
#include "handoff/types.h"
#include "improvement/release.h"

namespace yupu::improvement {
namespace {

using ::testing::HasSubstr;

Json report(double accuracy, double zh, double en, double refund_f1, const std::string& rows = "abc") {
  return {
      {"rows_sha256", rows},
      {"accuracy", accuracy},
      {"macro avg", {{"precision", accuracy}, {"recall", accuracy}, {"f1-score", accuracy - 0.01}, {"support", 200}}},
      {"labels",
       {{"refund", {{"precision", 1.0}, {"recall", 1.0}, {"f1-score", refund_f1}, {"support", 40}}},
        {"rare", {{"precision", 1.0}, {"recall", 1.0}, {"f1-score", refund_f1 - 0.5}, {"support", 3}}}}},
      {"slices",
       {{"zh", {{"accuracy", zh}, {"macro_f1", zh}, {"support", 100}}},
        {"lang=en", {{"accuracy", en}, {"macro_f1", en}, {"support", 100}}},
        {"length=long", {{"accuracy", zh - 0.5}, {"support", 100}}}}}};
}

TEST(Gate, BetterEverywherePasses) {
  const auto decision = decide(report(0.90, 0.9, 0.9, 0.8), report(0.92, 0.92, 0.92, 0.8), {}).value();
  EXPECT_TRUE(decision.pass);
  EXPECT_EQ(decision.slices.size(), 3u);  // zh, en, refund; "rare" is too small, "length" is not protected
  EXPECT_THAT(decision.reason, HasSubstr("accuracy 0.9200 against 0.9000 live (+0.0200)"));
  EXPECT_FALSE(decision.uncertainty);
  EXPECT_EQ(decision.to_json({})["pass"], true);
}

TEST(Gate, EqualOrWorseOrTooLittleIsRefused) {
  const Json live = report(0.90, 0.9, 0.9, 0.8);
  EXPECT_FALSE(decide(live, live, {}).value().pass);
  EXPECT_FALSE(decide(live, report(0.89, 0.9, 0.9, 0.8), {}).value().pass);
  const auto little = decide(live, report(0.91, 0.9, 0.9, 0.8), {.min_gain = 0.02}).value();
  EXPECT_FALSE(little.pass);
  EXPECT_THAT(little.reason, HasSubstr("not better enough"));
  EXPECT_TRUE(decide(live, report(0.92, 0.9, 0.9, 0.8), {.min_gain = 0.02}).value().pass);
  EXPECT_TRUE(decide(live, report(0.92, 0.9, 0.9, 0.8), {.metric = "macro_f1"}).value().pass);
}

TEST(Gate, AFallenSliceIsNamedWithItsFigures) {
  const auto decision = decide(report(0.90, 0.9, 0.9, 0.8), report(0.95, 0.80, 0.99, 0.75), {}).value();
  EXPECT_FALSE(decision.pass);
  ASSERT_EQ(decision.fallen.size(), 2u);
  EXPECT_EQ(decision.fallen[0].slice, "lang=zh");
  EXPECT_EQ(decision.fallen[1].slice, "label=refund");
  EXPECT_THAT(decision.reason,
              HasSubstr("slice lang=zh fell by 0.1000, from 0.9000 to 0.8000 (100 rows), at most 0.0300"));
  EXPECT_THAT(decision.reason, HasSubstr("1 more slices"));
  // Only what the rule protects counts, and exactly the allowed fall is allowed.
  EXPECT_TRUE(decide(report(0.90, 0.9, 0.9, 0.8), report(0.95, 0.80, 0.99, 0.75), {.protected_slices = {"lang=en"}})
                  .value()
                  .pass);
  EXPECT_TRUE(decide(report(0.90, 0.9, 0.9, 0.8), report(0.95, 0.87, 0.99, 0.77), {}).value().pass);
}

TEST(Gate, ASliceThatIsGoneFell) {
  Json candidate = report(0.95, 0.9, 0.9, 0.8);
  candidate["labels"].erase("refund");
  const auto decision = decide(report(0.90, 0.9, 0.9, 0.8), candidate, {}).value();
  EXPECT_FALSE(decision.pass);
  EXPECT_EQ(decision.fallen[0].candidate, 0.0);
}

TEST(Gate, OtherRowsAreNotCompared) {
  const auto decision = decide(report(0.90, 0.9, 0.9, 0.8, "abc"), report(0.95, 0.95, 0.95, 0.9, "def"), {});
  EXPECT_EQ(decision.status().code(), Code::kConflict);
  Json unmarked = report(0.95, 0.95, 0.95, 0.9);
  unmarked.erase("rows_sha256");
  EXPECT_EQ(decide(unmarked, unmarked, {}).status().field(), "rows_sha256");
  unmarked["rows_sha256"] = "";
  EXPECT_EQ(decide(unmarked, unmarked, {}).status().code(), Code::kConflict);
}

TEST(Gate, MissingFiguresAndBadRulesAreNamed) {
  const Json good = report(0.9, 0.9, 0.9, 0.9);
  Json bad = good;
  bad.erase("accuracy");
  EXPECT_EQ(decide(good, bad, {}).status().field(), "accuracy");
  bad = good;
  bad["slices"]["zh"].erase("accuracy");
  EXPECT_EQ(decide(good, bad, {}).status().field(), "accuracy");
  EXPECT_EQ(decide(good, good, {.metric = "f2"}).status().field(), "metric");
  EXPECT_EQ(decide(good, good, {.min_gain = -1}).status().field(), "min_gain");
  EXPECT_EQ(decide(good, good, {.slice_drop_max = 2}).status().field(), "slice_drop_max");
}

TEST(Gate, McNemarAgainstKnownValues) {
  // scipy.stats.binomtest(k, n, 0.5).pvalue: (2, 10) 0.109375; (5, 5+15) 0.04138946533203125
  EXPECT_NEAR(paired_uncertainty(100, 2, 8).p_value, 0.109375, 1e-12);
  EXPECT_NEAR(paired_uncertainty(100, 5, 15).p_value, 0.04138946533203125, 1e-12);
  EXPECT_DOUBLE_EQ(paired_uncertainty(100, 0, 0).p_value, 1.0);
  EXPECT_DOUBLE_EQ(paired_uncertainty(100, 7, 7).p_value, 1.0);
  const Uncertainty u = paired_uncertainty(100, 5, 15);
  EXPECT_NEAR((u.gain_low + u.gain_high) / 2, 0.10, 1e-12);
  EXPECT_NEAR(u.gain_high - u.gain_low, 2 * 1.959963984540054 * std::sqrt(20 - 1.0) / 100, 1e-12);
  EXPECT_GE(paired_uncertainty(1'000'000, 4'000, 4'100).p_value, 0.2);  // large counts stay finite
}

TEST(Gate, PredictionsGiveTheUncertainty) {
  Json live = report(0.5, 0.9, 0.9, 0.9), candidate = report(0.75, 0.9, 0.9, 0.9);
  for (const bool live_right : {true, true, false, false}) {
    live["predictions"].push_back({{"truth", "a"}, {"predicted", live_right ? "a" : "b"}});
  }
  for (const bool right : {true, false, true, true}) {
    candidate["predictions"].push_back({{"truth", "a"}, {"predicted", right ? "a" : "b"}});
  }
  const auto decision = decide(live, candidate, {}).value();
  ASSERT_TRUE(decision.uncertainty);
  EXPECT_EQ(decision.uncertainty->only_live_right, 1);
  EXPECT_EQ(decision.uncertainty->only_candidate_right, 2);
  EXPECT_EQ(decision.to_json({})["uncertainty"]["p_value"], 1.0);
}

class ReleaseTest : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store("sqlite::memory:").value(); }
  handoff::Record run(const std::string& weights, const Json& figures) {
    const handoff::Run body{.dataset_id = "ds_1",
                            .task = "classify",
                            .model_directory = "runs/" + weights + "/model",
                            .weights_sha256 = weights,
                            .config = Json::object(),
                            .version = "0.1.0",
                            .figures = {},
                            .report = figures};
    auto record = handoff::make_record("run", "shop", {"ds_1"}, body.to_json(), clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record;
  }
  Result<ReleaseOutcome> offer(const handoff::Record& record, const GateRule& rule = {}) {
    clock_.advance_ns(1);
    return release({.model = "shop", .run = record}, rule, *store_, clock_);
  }
  std::string live() {
    const auto change = handoff::live_release(*store_, "shop").value();
    return change ? change->release_id : "";
  }
  std::unique_ptr<store::Store> store_;
  FakeClock clock_{1'000};
};

TEST_F(ReleaseTest, TheFirstMustReachTheMinimum) {
  const auto weak = offer(run("w0", report(0.5, 0.5, 0.5, 0.5)), {.first_accuracy_min = 0.8}).value();
  EXPECT_FALSE(weak.released);
  EXPECT_THAT(weak.decision.reason, HasSubstr("accuracy 0.5000 (at least 0.8000)"));
  EXPECT_EQ(live(), "");
  EXPECT_FALSE(offer(run("w0", report(0.9, 0.5, 0.5, 0.5)), {.first_macro_f1_min = 0.95}).value().released);
  const auto good = offer(run("w1", report(0.9, 0.9, 0.9, 0.9)), {.first_accuracy_min = 0.8}).value();
  EXPECT_TRUE(good.released);
  EXPECT_EQ(live(), good.release->id);
  EXPECT_EQ(good.replaced, "");
}

TEST_F(ReleaseTest, OnlyABetterOneReplacesAndRollBackWorks) {
  const auto first = offer(run("w1", report(0.9, 0.9, 0.9, 0.9))).value();
  EXPECT_FALSE(offer(run("w2", report(0.95, 0.8, 0.99, 0.9))).value().released);  // zh fell
  EXPECT_EQ(live(), first.release->id);
  const auto second = offer(run("w3", report(0.93, 0.92, 0.94, 0.9))).value();
  ASSERT_TRUE(second.released);
  EXPECT_EQ(live(), second.release->id);
  const auto body = handoff::Release::from_json(second.release->body).value();
  EXPECT_EQ(body.replaces, first.release->id);
  EXPECT_EQ(body.weights_sha256, "w3");
  EXPECT_EQ(body.gate["gain"].get<double>() > 0.02, true);
  EXPECT_EQ(second.release->parents, (std::vector<std::string>{second.release->parents[0], first.release->id}));
  ASSERT_TRUE(handoff::roll_back(*store_, "shop", "test", clock_.now_ns()).ok());
  EXPECT_EQ(live(), first.release->id);
}

TEST_F(ReleaseTest, TheLiveRunAgainWritesNothing) {
  const auto record = run("w1", report(0.9, 0.9, 0.9, 0.9));
  const auto first = offer(record).value();
  const auto again = offer(record).value();
  EXPECT_TRUE(again.released);
  EXPECT_EQ(again.release->id, first.release->id);
  EXPECT_EQ(handoff::live_history(*store_, "shop").value().size(), 1u);
}

TEST_F(ReleaseTest, NewHeldOutRowsNeedANewMeasurementOfTheLiveOne) {
  ASSERT_TRUE(offer(run("w1", report(0.9, 0.9, 0.9, 0.9, "old"))).value().released);
  const auto candidate = run("w2", report(0.95, 0.95, 0.95, 0.95, "new"));
  EXPECT_EQ(offer(candidate).status().code(), Code::kConflict);
  const auto outcome = release(
      {.model = "shop", .run = candidate, .live_report = report(0.85, 0.85, 0.85, 0.85, "new")}, {}, *store_, clock_);
  EXPECT_TRUE(outcome.value().released);
}

TEST_F(ReleaseTest, OnlyARunIsReleased) {
  handoff::Record wrong = run("w1", report(0.9, 0.9, 0.9, 0.9));
  wrong.kind = "dataset";
  EXPECT_EQ(offer(wrong).status().field(), "run");
}

}  // namespace
}  // namespace yupu::improvement
