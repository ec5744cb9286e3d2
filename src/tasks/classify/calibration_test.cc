#include "tasks/classify/calibration.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

// Rows whose label is drawn from softmax(z / truth): the temperature to be found.
std::vector<LabelledLogits> drawn_rows(double truth, int count) {
  Rng rng(5);
  std::vector<LabelledLogits> rows;
  for (int i = 0; i < count; ++i) {
    std::vector<float> logits(4);
    for (float& z : logits) z = static_cast<float>(3.0 * rng.normal());
    const std::vector<double> p = probabilities(logits, truth);
    double left = rng.uniform();
    std::int32_t label = 0;
    while (label < 3 && left >= p[static_cast<std::size_t>(label)]) left -= p[static_cast<std::size_t>(label++)];
    rows.push_back({.logits = logits, .label = label});
  }
  return rows;
}

TEST(Calibration, FindsTheTemperatureTheLabelsWereDrawnWith) {
  for (const double truth : {0.5, 1.0, 2.5})
    EXPECT_NEAR(fit_temperature(drawn_rows(truth, 8000)), truth, 0.07 * truth) << truth;
}

TEST(Calibration, TheFitIsTheMinimumOfTheLikelihood) {
  const auto rows = drawn_rows(1.7, 500);
  const auto loss = [&](double temperature) {
    double sum = 0;
    const double smoothing = 1.0 / 502.0;
    for (const auto& row : rows) {
      const auto p = probabilities(row.logits, temperature);
      for (std::size_t k = 0; k < p.size(); ++k) {
        const double q = (static_cast<std::int32_t>(k) == *row.label ? 1.0 - smoothing : 0.0) + smoothing / 4.0;
        sum -= q * std::log(p[k]);
      }
    }
    return sum;
  };
  const double best = fit_temperature(rows);
  EXPECT_LT(loss(best), loss(best * 1.01));
  EXPECT_LT(loss(best), loss(best * 0.99));
}

TEST(Calibration, AFaultlessSetDoesNotDriveTheTemperatureToZero) {
  std::vector<LabelledLogits> rows(20, {.logits = {3.0f, 0.0f, 0.0f}, .label = 0});
  const double temperature = fit_temperature(rows);
  EXPECT_GT(temperature, 0.2);
  EXPECT_LT(temperature, 2.0);
  EXPECT_EQ(fit_temperature(std::vector<LabelledLogits>{{.logits = {1.0f, 2.0f}, .label = std::nullopt}}), 1.0);
}

// Logits of two classes with the given gap; the first is predicted.
LabelledLogits gap(float z, std::optional<std::int32_t> label) {
  return {.logits = {z, 0.0f, -9.0f, -9.0f}, .label = label};
}

TEST(Calibration, ThresholdIsTheSmallestScoreThatKeepsThePrecision) {
  // By falling gap: right right wrong right right out-of-scope; target 0.75 holds down to the fifth (4/5), not the
  // sixth.
  const std::vector<LabelledLogits> rows = {gap(6, 0), gap(5, 0), gap(4, 1),
                                            gap(3, 0), gap(2, 0), gap(1, std::nullopt)};
  const Calibration calibration = fit_calibration(rows, {.target_precision = 0.75});
  EXPECT_TRUE(calibration.target_met);
  EXPECT_DOUBLE_EQ(calibration.answer_threshold, probabilities(rows[4].logits, calibration.temperature)[0]);
  EXPECT_DOUBLE_EQ(calibration.answered_precision, 0.8);
  EXPECT_DOUBLE_EQ(calibration.answered_share, 1.0);
  EXPECT_DOUBLE_EQ(calibration.out_of_scope_answered, 0.0);
  EXPECT_EQ(calibration.out_of_scope_count, 1);
  // The out-of-scope row below is no use to ask about: no clarify band.
  EXPECT_DOUBLE_EQ(calibration.clarify_threshold, calibration.answer_threshold);
  EXPECT_EQ(decide(calibration, calibration.answer_threshold), Decision::kAnswer);
  EXPECT_EQ(decide(calibration, calibration.answer_threshold - 1e-9), Decision::kRefuse);
}

TEST(Calibration, TheTargetIsForTheShareOfTextsOutOfScopeThatIsTold) {
  // By falling gap: right right out right right.  As the rows are, 4 of 5 are right; if half of the texts asked were
  // out of scope, the one would count as four, and beyond the second row 4 of 8 would be.
  const std::vector<LabelledLogits> rows = {gap(6, 0), gap(5, 0), gap(4, std::nullopt), gap(3, 0), gap(2, 0)};
  const auto threshold = [&](std::size_t row, const Calibration& calibration) {
    return probabilities(rows[row].logits, calibration.temperature)[0];
  };
  const Calibration as_seen = fit_calibration(rows, {.target_precision = 0.8});
  EXPECT_DOUBLE_EQ(as_seen.answer_threshold, threshold(4, as_seen));
  const Calibration half = fit_calibration(rows, {.target_precision = 0.8, .out_of_scope_share = 0.5});
  EXPECT_TRUE(half.target_met);
  EXPECT_DOUBLE_EQ(half.answer_threshold, threshold(1, half));
  const Calibration loose = fit_calibration(rows, {.target_precision = 0.5, .out_of_scope_share = 0.5});
  EXPECT_DOUBLE_EQ(loose.answer_threshold, threshold(4, loose));
  EXPECT_DOUBLE_EQ(loose.answered_precision, 0.5);
  EXPECT_DOUBLE_EQ(loose.out_of_scope_answered, 1.0) << "a share of the rows themselves";
  const Calibration none = fit_calibration(rows, {.target_precision = 1.0, .out_of_scope_share = 0.0});
  EXPECT_DOUBLE_EQ(none.answer_threshold, threshold(4, none)) << "nobody asks what is out of scope";

  EXPECT_TRUE(check_share(rows, 0.2).ok());
  EXPECT_TRUE(check_share(std::span(rows).first(2), 0.0).ok());
  EXPECT_EQ(check_share(std::span(rows).first(2), 0.2).field(), "out_of_scope_share");
}

TEST(Calibration, AsksBackWhereTheFirstThreeHelp) {
  const std::vector<LabelledLogits> rows = {gap(6, 0),
                                            gap(5, 0),
                                            gap(2, 1),
                                            gap(1.5f, 1),
                                            gap(1, std::nullopt),
                                            gap(0.5f, std::nullopt),
                                            gap(0.4f, std::nullopt)};
  const Calibration calibration = fit_calibration(rows, {.target_precision = 1.0});
  EXPECT_DOUBLE_EQ(calibration.answer_threshold, probabilities(rows[1].logits, calibration.temperature)[0]);
  EXPECT_DOUBLE_EQ(calibration.clarify_threshold, probabilities(rows[5].logits, calibration.temperature)[0]);  // 2 of 4
  EXPECT_EQ(decide(calibration, calibration.clarify_threshold), Decision::kClarify);
}

TEST(Calibration, SaysWhenTheTargetCannotBeMet) {
  const std::vector<LabelledLogits> rows = {gap(6, 1), gap(5, 0), gap(4, 0), gap(3, 1), gap(2, 1)};
  const Calibration calibration = fit_calibration(rows, {.target_precision = 0.9});
  EXPECT_FALSE(calibration.target_met);
  EXPECT_DOUBLE_EQ(calibration.answered_precision, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(calibration.answer_threshold, probabilities(rows[2].logits, calibration.temperature)[0]);
}

TEST(Calibration, RowsOfOneScoreAreTakenTogether) {
  const std::vector<LabelledLogits> rows = {gap(4, 0), gap(4, 1), gap(4, 1)};
  const Calibration calibration = fit_calibration(rows, {.target_precision = 0.9});
  EXPECT_FALSE(calibration.target_met);
  EXPECT_DOUBLE_EQ(calibration.answered_precision, 1.0 / 3.0);
}

// Rows in scope that are right with large gaps, rows out of scope with gaps as large but little energy.
std::vector<LabelledLogits> rows_of_both_kinds(int count) {
  std::vector<LabelledLogits> rows;
  for (int i = 0; i < count; ++i) {
    const float z = 4.0f + static_cast<float>(i % 17) / 17.0f;
    const bool wrong = i % 50 == 0;
    rows.push_back({.logits = {z + 6.0f, 6.0f, 0.0f, 0.0f}, .label = wrong ? 1 : 0});
    if (i % 4 == 0) rows.push_back({.logits = {z, 0.0f, -6.0f, -6.0f}, .label = std::nullopt});
  }
  return rows;
}

TEST(Calibration, APromiseTakesTheGateThatHelpsIt) {
  const auto rows = rows_of_both_kinds(2000);
  const Calibration plain = fit_calibration(rows, {.max_wrong = 0.05, .gate = GateChoice::kOff});
  EXPECT_FALSE(plain.may_answer());  // probabilities cannot tell the kinds apart
  EXPECT_THAT(plain.promise->reason, HasSubstr("5.00 %"));
  EXPECT_EQ(decide(plain, 1.0), Decision::kClarify);
  const Calibration gated = fit_calibration(rows, {.max_wrong = 0.05});
  ASSERT_TRUE(gated.may_answer()) << gated.promise->reason;
  ASSERT_TRUE(gated.gate.has_value());
  EXPECT_EQ(gated.gate->score, ScopeScore::kEnergy);
  EXPECT_LE(gated.promise->bound, 0.05);
  EXPECT_GT(gated.answered_share, 0.9);
  EXPECT_EQ(gated.out_of_scope_answered, 0.0);
  EXPECT_EQ(decide(gated, 1.0, gated.gate->threshold - 0.01), Decision::kRefuse);
  EXPECT_EQ(decide(gated, 1.0, gated.gate->threshold), Decision::kAnswer);
  ASSERT_EQ(gated.scope_figures.size(), 3u);
  EXPECT_EQ(gated.scope_figures[1].second.auroc, 1.0);
  EXPECT_EQ(gated.scope_figures[2].first, ScopeScore::kCombined);
  // A promise without rows out of scope has nothing to choose a gate by.
  std::vector<LabelledLogits> in_scope;
  for (const auto& row : rows) {
    if (row.label) in_scope.push_back(row);
  }
  const Calibration open = fit_calibration(in_scope, {.max_wrong = 0.05});
  EXPECT_TRUE(open.may_answer());
  EXPECT_FALSE(open.gate.has_value());
  EXPECT_TRUE(open.scope_figures.empty());
  // Written and read.
  const auto again = Calibration::from_json(Json::parse(gated.to_json().dump()), "yupu.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->gate->threshold, gated.gate->threshold);
  EXPECT_EQ(again->promise->to_json(), gated.promise->to_json());
  Json bad = Json::parse(gated.to_json().dump());
  bad["scope_gate"]["score"] = "feeling";
  EXPECT_THAT(Calibration::from_json(bad, "yupu.json").status().message(), HasSubstr("feeling"));
}

// The background output parts the kinds; the labels' logits alone cannot.
std::vector<LabelledLogits> rows_with_background(int count) {
  std::vector<LabelledLogits> rows;
  for (int i = 0; i < count; ++i) {
    const float z = 3.0f + static_cast<float>(i % 17) / 17.0f;
    rows.push_back({.logits = {z, 0.0f, -1.0f}, .label = 0, .background = static_cast<float>(i % 5) - 3.0f});
    if (i % 4 == 0)
      rows.push_back(
          {.logits = {z, 0.0f, -1.0f}, .label = std::nullopt, .background = static_cast<float>(i % 5) + 1.5f});
  }
  return rows;
}

TEST(Calibration, ACombinedGateIsFittedAndKept) {
  const auto rows = rows_with_background(400);
  const Calibration calibration = fit_calibration(rows, {.target_precision = 0.9, .gate = GateChoice::kCombined});
  ASSERT_TRUE(calibration.gate && calibration.gate->combination);
  EXPECT_TRUE(calibration.gate->combination->uses(ScopeSign::kBackground));
  EXPECT_FALSE(calibration.gate->combination->uses(ScopeSign::kMahalanobis));
  ASSERT_EQ(calibration.scope_figures.size(), 4u);
  EXPECT_EQ(calibration.scope_figures[2].first, ScopeScore::kBackground);
  EXPECT_GE(calibration.scope_figures[3].second.auroc, calibration.scope_figures[0].second.auroc - 0.02);
  EXPECT_GT(calibration.scope_figures[3].second.auroc, 0.9);
  // 95 % of the rows in scope are let in, by scores that do not know the rows they judge.
  EXPECT_NEAR(calibration.scope_figures[3].second.threshold, calibration.gate->threshold, 1e-12);
  const auto again = Calibration::from_json(Json::parse(calibration.to_json().dump()), "yupu.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->gate->combination->weights, calibration.gate->combination->weights);
  for (const auto& row : rows) {
    EXPECT_EQ(scope_score_of(row, *again->gate, again->temperature),
              scope_score_of(row, *calibration.gate, calibration.temperature));
  }
  Json bad = Json::parse(calibration.to_json().dump());
  bad["scope_gate"].erase("combination");
  EXPECT_THAT(Calibration::from_json(bad, "yupu.json").status().message(), HasSubstr("'combination'"));
}

TEST(Calibration, ABackgroundTakesProbabilityBeforeTheTemperature) {
  const std::vector<float> logits = {2.0f, 0.0f};
  const auto alone = probabilities(logits, 1.0);
  const auto shared = probabilities(logits, 1.0, 2.0f);
  ASSERT_EQ(shared.size(), 2u);
  EXPECT_LT(shared[0], 0.5);
  EXPECT_NEAR(shared[0] / shared[1], alone[0] / alone[1], 1e-9);
  // Labelled rows whose background is sometimes ahead are less certain: the temperature says so.
  std::vector<LabelledLogits> sure(40, {.logits = {4.0f, 0.0f}, .label = 0, .background = -4.0f});
  const double before = fit_temperature(sure);
  for (std::size_t i = 0; i < sure.size(); i += 4) sure[i].background = 6.0f;
  EXPECT_GT(fit_temperature(sure), before);
}

TEST(Calibration, AGateTheRowsDoNotAllowIsRefused) {
  const auto rows = rows_with_background(400);
  EXPECT_TRUE(check_gate(rows, GateChoice::kCombined).ok());
  EXPECT_TRUE(check_gate(rows, GateChoice::kBackground).ok());
  const Status few = check_gate(std::span(rows).first(100), GateChoice::kCombined);
  EXPECT_EQ(few.code(), Code::kInvalidArgument);
  EXPECT_THAT(few.message(), HasSubstr("80 in scope and 20 out of it"));
  EXPECT_THAT(check_gate(rows_of_both_kinds(10), GateChoice::kBackground).message(), HasSubstr("no background output"));
}

TEST(Calibration, APromiseOfFewRowsSaysHowManyAreNeeded) {
  const Calibration calibration = fit_calibration(std::vector<LabelledLogits>(30, gap(6, 0)), {.max_wrong = 0.02});
  EXPECT_FALSE(calibration.may_answer());
  EXPECT_THAT(calibration.promise->reason, HasSubstr("149 rows answered without a mistake"));
}

TEST(Calibration, ReadsWhatItWritesAndNamesWhatIsWrong) {
  const Calibration calibration = fit_calibration(drawn_rows(1.3, 50), {.target_precision = 0.9});
  const Json json = Json::parse(calibration.to_json().dump());
  const auto again = Calibration::from_json(json, "yupu.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->answer_threshold, calibration.answer_threshold);
  EXPECT_EQ(again->temperature, calibration.temperature);
  for (const auto& [key, value] : std::vector<std::pair<std::string, Json>>{{"temperature", 0},
                                                                            {"temperature", "x"},
                                                                            {"answer_threshold", 2},
                                                                            {"clarify_threshold", 1.0},
                                                                            {"target_met", 1},
                                                                            {"row_count", 1.5}}) {
    Json bad = json;
    if (key == "clarify_threshold") bad["answer_threshold"] = 0.5;
    bad[key] = value;
    const auto read = Calibration::from_json(bad, "yupu.json");
    ASSERT_FALSE(read.ok()) << key;
    EXPECT_THAT(read.status().message(), HasSubstr(key));
  }
}

}  // namespace
}  // namespace yupu::tasks
