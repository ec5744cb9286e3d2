#include "products/monitor/detect/explanation.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "products/monitor/detect/state_reader.h"
#include "products/monitor/detect/tails.h"

namespace yupu::monitor {
namespace {

Json test_json(const WindowTest& test) {
  return {{"count_mean", test.count.mean},
          {"count_alpha", test.count.alpha},
          {"count_references", test.count.reference_count},
          {"share", test.share.share},
          {"share_rho", test.share.rho},
          {"share_documents", test.share.document_count},
          {"log10_count_tail", test.log10_count_tail},
          {"log10_share_tail", test.log10_share_tail},
          {"score_micro", test.score_micro}};
}

Result<WindowTest> test_from_json(const Json& json, const std::string& path, std::int64_t total,
                                  std::int64_t negative) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"count_mean", "count_alpha", "count_references", "share", "share_rho",
                                    "share_documents", "log10_count_tail", "log10_share_tail", "score_micro"}));
  WindowTest test{.total = total, .negative = negative};
  YUPU_ASSIGN_OR_RETURN(test.count.mean, reader.number("count_mean"));
  YUPU_ASSIGN_OR_RETURN(test.count.alpha, reader.number("count_alpha"));
  YUPU_ASSIGN_OR_RETURN(test.count.reference_count, reader.integer("count_references", 1, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(test.share.share, reader.number("share"));
  YUPU_ASSIGN_OR_RETURN(test.share.rho, reader.number("share_rho"));
  YUPU_ASSIGN_OR_RETURN(test.share.document_count, reader.integer("share_documents", 1, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(test.log10_count_tail, reader.number("log10_count_tail"));
  YUPU_ASSIGN_OR_RETURN(test.log10_share_tail, reader.number("log10_share_tail"));
  YUPU_ASSIGN_OR_RETURN(test.score_micro, reader.integer("score_micro", 0, INT64_MAX));
  if (!(test.count.mean > 0)) return reader.wrong("count_mean", "must be above 0");
  if (test.count.alpha < 0 || test.count.alpha > kAlphaMax) return reader.wrong("count_alpha", "out of range");
  if (!(test.share.share > 0 && test.share.share < 1)) return reader.wrong("share", "must be in (0, 1)");
  if (test.share.rho < 0 || test.share.rho > kRhoMax) return reader.wrong("share_rho", "out of range");
  return test;
}

Json point_json(const SeriesPoint& point) {
  return {{"time_ns", point.time_ns}, {"total", point.total},  {"negative", point.negative}, {"mean", point.mean},
          {"alpha", point.alpha},     {"low", point.band.low}, {"high", point.band.high}};
}

Result<SeriesPoint> point_from_json(const Json& json, const std::string& path) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"time_ns", "total", "negative", "mean", "alpha", "low", "high"}));
  SeriesPoint point;
  YUPU_ASSIGN_OR_RETURN(point.time_ns, reader.integer("time_ns", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(point.total, reader.integer("total", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(point.negative, reader.integer("negative", 0, point.total));
  YUPU_ASSIGN_OR_RETURN(point.mean, reader.number("mean"));
  YUPU_ASSIGN_OR_RETURN(point.alpha, reader.number("alpha"));
  YUPU_ASSIGN_OR_RETURN(point.band.low, reader.integer("low", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(point.band.high, reader.integer("high", point.band.low, INT64_MAX));
  if (point.mean < 0) return reader.wrong("mean", "must be 0 or more");
  if (point.alpha < 0 || point.alpha > kAlphaMax) return reader.wrong("alpha", "out of range");
  return point;
}

}  // namespace

Status ScoreOptions::validate() const {
  const auto wrong = [](std::string_view field, std::string_view why) {
    return invalid_argument(fmt::format("score: {}: {}", field, why), std::string(field));
  };
  if (!(count_cap >= 0)) return wrong("count_cap", "0 or more");
  if (!(count_weight > 0)) return wrong("count_weight", "above 0");
  if (!(share_weight > 0)) return wrong("share_weight", "above 0");
  return ok_status();
}

std::string_view cause_name(Cause cause) { return cause == Cause::kSurge ? "surge" : "absolute_limit"; }

WindowTest judge(std::int64_t total, std::int64_t negative, const CountBaseline& count, const ShareBaseline& share,
                 const ScoreOptions& options) {
  WindowTest test{.total = total, .negative = negative, .count = count, .share = share};
  test.log10_count_tail = log10_tail_negative_binomial(negative, count.mean, count.alpha);
  test.log10_share_tail = log10_tail_beta_binomial(negative, total, share.share, share.rho);
  const double count_score = -test.log10_count_tail;
  const double share_score = -test.log10_share_tail;
  const double score = std::min({share_score + std::min(count_score, options.count_cap),
                                 options.share_weight * share_score, options.count_weight * count_score});
  test.score_micro = std::max<std::int64_t>(0, std::llround(score * 1e6));
  return test;
}

Json to_json(const Explanation& explanation) {
  Json series = Json::array();
  for (const SeriesPoint& point : explanation.series) series.push_back(point_json(point));
  Json json = {{"cause", cause_name(explanation.cause)},
               {"time_ns", explanation.time_ns},
               {"window_ns", explanation.window_ns},
               {"bucket_ns", explanation.bucket_ns},
               {"total", explanation.total},
               {"negative", explanation.negative},
               {"count_cap", explanation.score.count_cap},
               {"count_weight", explanation.score.count_weight},
               {"share_weight", explanation.score.share_weight},
               {"test", nullptr},
               {"threshold_micro", explanation.threshold_micro},
               {"limit", nullptr},
               {"publishers_min", explanation.publishers_min},
               {"publishers", explanation.publishers},
               {"stories", explanation.stories},
               {"first_seen_ns", explanation.first_seen_ns},
               {"series", std::move(series)}};
  if (explanation.test) json["test"] = test_json(*explanation.test);
  if (explanation.limit) json["limit"] = *explanation.limit;
  return json;
}

Result<Explanation> explanation_from_json(const Json& json, const std::string& path) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"cause", "time_ns", "window_ns", "bucket_ns", "total", "negative", "count_cap",
                                    "count_weight", "share_weight", "test", "threshold_micro", "limit",
                                    "publishers_min", "publishers", "stories", "first_seen_ns", "series"}));
  Explanation result;
  YUPU_ASSIGN_OR_RETURN(const std::string cause, reader.string("cause"));
  if (cause != cause_name(Cause::kSurge) && cause != cause_name(Cause::kAbsoluteLimit))
    return reader.wrong("cause", "surge or absolute_limit");
  result.cause = cause == cause_name(Cause::kSurge) ? Cause::kSurge : Cause::kAbsoluteLimit;
  YUPU_ASSIGN_OR_RETURN(result.time_ns, reader.integer("time_ns", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(result.window_ns, reader.integer("window_ns", 1, result.time_ns));
  YUPU_ASSIGN_OR_RETURN(result.bucket_ns, reader.integer("bucket_ns", 1, result.window_ns));
  YUPU_ASSIGN_OR_RETURN(result.total, reader.integer("total", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(result.negative, reader.integer("negative", 0, result.total));
  YUPU_ASSIGN_OR_RETURN(result.score.count_cap, reader.number("count_cap"));
  YUPU_ASSIGN_OR_RETURN(result.score.count_weight, reader.number("count_weight"));
  YUPU_ASSIGN_OR_RETURN(result.score.share_weight, reader.number("share_weight"));
  YUPU_ASSIGN_OR_RETURN(result.threshold_micro, reader.integer("threshold_micro", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(result.publishers_min, reader.integer("publishers_min", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(result.publishers, reader.unsigned_list("publishers"));
  YUPU_ASSIGN_OR_RETURN(result.stories, reader.unsigned_list("stories"));
  YUPU_ASSIGN_OR_RETURN(result.first_seen_ns, reader.integer("first_seen_ns", 0, INT64_MAX));
  if (!json["limit"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(result.limit, reader.integer("limit", 1, INT64_MAX));
  }
  if (!json["test"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(result.test,
                          test_from_json(json["test"], reader.path_of("test"), result.total, result.negative));
  }
  if (result.cause == Cause::kSurge && !result.test) return reader.wrong("test", "a surge has its tests");
  if (!json["series"].is_array()) return reader.wrong("series", "must be a list");
  for (std::size_t i = 0; i < json["series"].size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(SeriesPoint point,
                          point_from_json(json["series"][i], fmt::format("{}[{}]", reader.path_of("series"), i)));
    result.series.push_back(point);
  }
  return result;
}

Status verify(const Explanation& explanation) {
  const auto differs = [](std::string_view what) {
    return Status(Code::kInternal, fmt::format("explanation: {} does not compute to the stored value", what),
                  std::string(what));
  };
  const auto bucket_count = static_cast<std::size_t>(explanation.window_ns / explanation.bucket_ns);
  if (explanation.series.size() < bucket_count) return differs("series");
  std::int64_t total = 0;
  std::int64_t negative = 0;
  for (std::size_t i = explanation.series.size() - bucket_count; i < explanation.series.size(); ++i) {
    total += explanation.series[i].total;
    negative += explanation.series[i].negative;
  }
  if (total != explanation.total) return differs("total");
  if (negative != explanation.negative) return differs("negative");
  for (const SeriesPoint& point : explanation.series) {
    if (!(point.mean > 0)) continue;
    const Band band = expected_band({.mean = point.mean, .alpha = point.alpha}, kBandTail);
    if (band.low != point.band.low || band.high != point.band.high) return differs("series");
  }
  if (explanation.test) {
    const WindowTest& stored = *explanation.test;
    const WindowTest again = judge(total, negative, stored.count, stored.share, explanation.score);
    if (again.log10_count_tail != stored.log10_count_tail) return differs("log10_count_tail");
    if (again.log10_share_tail != stored.log10_share_tail) return differs("log10_share_tail");
    if (again.score_micro != stored.score_micro) return differs("score_micro");
  }
  if (explanation.cause == Cause::kAbsoluteLimit)
    return negative >= explanation.limit.value_or(INT64_MAX) ? ok_status() : differs("limit");
  if (explanation.test->score_micro < explanation.threshold_micro) return differs("threshold_micro");
  if (static_cast<std::int64_t>(explanation.publishers.size()) < explanation.publishers_min)
    return differs("publishers");
  return ok_status();
}

}  // namespace yupu::monitor
