// The detector's and the series' state as JSON, and back: whole numbers everywhere but in an alarm's explanation.
#include <algorithm>

#include <fmt/format.h>

#include "products/monitor/detect/detector.h"
#include "products/monitor/detect/state_reader.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kCountMax = std::int64_t{1} << 40;  // documents of one bucket, far beyond what is sent
constexpr std::int64_t kGapBit = 1;
constexpr std::int64_t kFrozenBit = 2;

constexpr TopicState kStates[] = {TopicState::kQuiet, TopicState::kLearning, TopicState::kPending, TopicState::kFiring,
                                  TopicState::kResolved};

Result<TopicState> state_of(const StateReader& reader) {
  YUPU_ASSIGN_OR_RETURN(const std::string name, reader.string("state"));
  for (const TopicState state : kStates) {
    if (state_name(state) == name) return state;
  }
  return reader.wrong("state", fmt::format("no state of the name '{}'", name));
}

Result<BucketDetail> detail_from_json(const Json& json, const std::string& path, std::int64_t negative) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"publishers", "stories", "first_negative_ns"}));
  BucketDetail detail;
  YUPU_ASSIGN_OR_RETURN(detail.publishers, reader.unsigned_list("publishers"));
  YUPU_ASSIGN_OR_RETURN(detail.stories, reader.unsigned_list("stories"));
  YUPU_ASSIGN_OR_RETURN(detail.first_negative_ns, reader.integer("first_negative_ns", 0, INT64_MAX));
  for (std::size_t i = 1; i < detail.publishers.size(); ++i) {
    if (detail.publishers[i - 1] >= detail.publishers[i]) return reader.wrong("publishers", "must ascend");
  }
  if (static_cast<std::int64_t>(detail.publishers.size()) > negative)
    return reader.wrong("publishers", "more than negative documents");
  if (static_cast<std::int64_t>(detail.stories.size()) > negative)
    return reader.wrong("stories", "more than negative documents");
  return detail;
}

}  // namespace

Json TopicSeries::to_json() const {
  Json buckets = Json::array();
  for (const Bucket& bucket : buckets_)
    buckets.push_back({bucket.total, bucket.negative, (bucket.gap ? kGapBit : 0) | (bucket.frozen ? kFrozenBit : 0)});
  Json details = Json::array();
  for (const BucketDetail& detail : details_)
    details.push_back({{"publishers", detail.publishers},
                       {"stories", detail.stories},
                       {"first_negative_ns", detail.first_negative_ns}});
  Json ages = Json::array();
  Json stories = Json::array();
  for (const auto& [age, story] : stories_by_age_) {
    ages.push_back(age);
    stories.push_back(story);
  }
  return {{"bucket_ns", options_.bucket_ns}, {"first", first_},       {"buckets", std::move(buckets)},
          {"details", std::move(details)},   {"gap_open", gap_open_}, {"story_heads", std::move(ages)},
          {"stories", std::move(stories)}};
}

Result<TopicSeries> TopicSeries::from_json(const Json& json, const std::string& path, SeriesOptions options) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"bucket_ns", "first", "buckets", "details", "gap_open", "story_heads", "stories"}));
  TopicSeries series(options);
  YUPU_ASSIGN_OR_RETURN(const std::int64_t bucket_ns, reader.integer("bucket_ns", 1, INT64_MAX));
  if (bucket_ns != options.bucket_ns)
    return reader.wrong("bucket_ns", fmt::format("{} in the state, {} in the rule", bucket_ns, options.bucket_ns));
  YUPU_ASSIGN_OR_RETURN(series.first_, reader.integer("first", 0, INT64_MAX / bucket_ns / 2));
  YUPU_ASSIGN_OR_RETURN(series.gap_open_, reader.boolean("gap_open"));
  YUPU_ASSIGN_OR_RETURN(const auto rows, reader.rows("buckets", 3));
  if (rows.empty()) return reader.wrong("buckets", "none");
  for (const auto& row : rows) {
    if (row[0] < 0 || row[0] > kCountMax || row[1] < 0 || row[1] > row[0] || row[2] < 0 ||
        row[2] > (kGapBit | kFrozenBit))
      return reader.wrong("buckets",
                          fmt::format("a bucket of {} documents, {} negative, marks {}", row[0], row[1], row[2]));
    series.buckets_.push_back(
        {.total = row[0], .negative = row[1], .gap = (row[2] & kGapBit) != 0, .frozen = (row[2] & kFrozenBit) != 0});
  }
  for (std::size_t i = 0; i + 1 < series.buckets_.size(); ++i)
    series.usable_count_ += series.buckets_[i].usable() ? 1 : 0;
  YUPU_ASSIGN_OR_RETURN(const Json* details, reader.member("details"));
  const std::size_t needed =
      std::min(series.buckets_.size(), static_cast<std::size_t>(series.buckets_in(options.lateness_ns)) + 1);
  if (!details->is_array() || details->size() < needed || details->size() > series.buckets_.size())
    return reader.wrong("details", "must be a list for the buckets that are not sealed");
  for (std::size_t i = 0; i < details->size(); ++i) {
    const Bucket& bucket = series.buckets_[series.buckets_.size() - details->size() + i];
    YUPU_ASSIGN_OR_RETURN(
        BucketDetail detail,
        detail_from_json((*details)[i], fmt::format("{}[{}]", reader.path_of("details"), i), bucket.negative));
    series.details_.push_back(std::move(detail));
  }
  YUPU_ASSIGN_OR_RETURN(const auto heads, reader.unsigned_list("story_heads"));
  YUPU_ASSIGN_OR_RETURN(const auto stories, reader.unsigned_list("stories"));
  if (heads.size() != stories.size()) return reader.wrong("stories", "not as many as story_heads");
  for (std::size_t i = 0; i < heads.size(); ++i) {
    if (heads[i] > static_cast<std::uint64_t>(series.head()) || (i > 0 && heads[i] < heads[i - 1]))
      return reader.wrong("story_heads", "must ascend up to the open bucket");
    const auto head = static_cast<std::int64_t>(heads[i]);
    if (!series.stories_.try_emplace(stories[i], head).second) return reader.wrong("stories", "a story twice");
    series.stories_by_age_.emplace_back(head, stories[i]);
  }
  return series;
}

Json TopicDetector::to_json() const {
  Json thresholds = Json::array();
  for (const PeakThreshold& threshold : thresholds_) thresholds.push_back(threshold.to_json());
  Json json = {{"name", name_},
               {"state", state_name(state_)},
               {"since_count", since_count_},
               {"calm_count", calm_count_},
               {"first_fired_ns", first_fired_ns_},
               {"firing", nullptr},
               {"thresholds", std::move(thresholds)},
               {"series", series_.to_json()}};
  if (firing_) json["firing"] = monitor::to_json(*firing_);
  return json;
}

Result<TopicDetector> TopicDetector::from_json(const Json& json, const std::string& path, SurgeRule rule) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(
      reader.only({"name", "state", "since_count", "calm_count", "first_fired_ns", "firing", "thresholds", "series"}));
  YUPU_ASSIGN_OR_RETURN(std::string name, reader.string("name"));
  YUPU_ASSIGN_OR_RETURN(TopicSeries series,
                        TopicSeries::from_json(json["series"], reader.path_of("series"), rule.series));
  TopicDetector detector(std::move(name), rule, std::move(series));
  YUPU_ASSIGN_OR_RETURN(const Json* thresholds, reader.member("thresholds"));
  if (!thresholds->is_array() || thresholds->size() != detector.thresholds_.size())
    return reader.wrong("thresholds", "must be a list, one for each window of the rule");
  for (std::size_t i = 0; i < thresholds->size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(
        detector.thresholds_[i],
        PeakThreshold::from_json((*thresholds)[i], fmt::format("{}[{}]", reader.path_of("thresholds"), i),
                                 detector.rule_.threshold));
  }
  YUPU_ASSIGN_OR_RETURN(detector.state_, state_of(reader));
  YUPU_ASSIGN_OR_RETURN(detector.since_count_, reader.integer("since_count", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(detector.calm_count_, reader.integer("calm_count", 0, INT64_MAX));
  YUPU_ASSIGN_OR_RETURN(detector.first_fired_ns_, reader.integer("first_fired_ns", 0, INT64_MAX));
  if (!json["firing"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(detector.firing_, explanation_from_json(json["firing"], reader.path_of("firing")));
  }
  const bool has_alarm = detector.state_ == TopicState::kFiring || detector.state_ == TopicState::kResolved;
  if (has_alarm != detector.firing_.has_value()) return reader.wrong("firing", "does not fit the state");
  return detector;
}

}  // namespace yupu::monitor
