#include "products/monitor/board/views.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/gaps.h"
#include "products/monitor/board/terms.h"
#include "products/monitor/detect/series.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/days.h"
#include "products/monitor/drift/distribution.h"
#include "products/monitor/judgements/judgements.h"
#include "products/monitor/sentiment/rescore.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kAlarmsRead = 1000;
constexpr std::int64_t kStoriesMost = 20;
constexpr std::size_t kTextBytesMost = 600;  // of a document, in a list

// The beginning of a text, cut between code points.
std::string beginning_of(const std::string& text) {
  if (text.size() <= kTextBytesMost) return text;
  std::size_t end = kTextBytesMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

template <class Rows>
Json list_of(const Rows& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(Json(row.to_json()));
  return list;
}

constexpr std::string_view kDocument =
    "SELECT d.id, d.title, d.text, d.url, d.publisher, d.published_ns, m.sentiment, (SELECT COUNT(*) FROM "
    "monitor_document o WHERE o.monitor = d.monitor AND o.story = d.story), s.release_id, s.negative, s.neutral, "
    "s.positive, d.revision, m.counted, j.sentiment, j.judged_by, (SELECT COUNT(DISTINCT o.publisher) FROM "
    "monitor_document o "
    "WHERE o.monitor = d.monitor AND o.story = d.story) FROM monitor_mention m JOIN monitor_document d ON "
    "d.id = m.document_id LEFT JOIN monitor_document_judgement j ON j.monitor = m.monitor AND j.document_id = "
    "m.document_id AND j.topic = m.topic LEFT JOIN monitor_score s ON s.monitor = m.monitor AND s.document_id = "
    "m.document_id AND s.topic = m.topic AND s.release_id "
    "= "
    "(SELECT release_id FROM monitor_model WHERE monitor = m.monitor) WHERE m.monitor = ? AND m.topic = ? ";

Json document_of(const Row& row) {
  Json json = {
      {"id", row.integer(0)},        {"title", row.text(1)},           {"text", beginning_of(row.text(2))},
      {"url", row.text(3)},          {"publisher", row.text(4)},       {"published", format_utc(row.integer(5))},
      {"sentiment", row.text(6)},    {"in_story", row.integer(7)},     {"story_publishers", row.integer(16)},
      {"revision", row.integer(12)}, {"counted", row.integer(13) != 0}};
  if (!row.is_null(8))
    json["score"] = {
        {"release", row.text(8)}, {"negative", row.real(9)}, {"neutral", row.real(10)}, {"positive", row.real(11)}};
  if (!row.is_null(14)) json["judged"] = {{"sentiment", row.text(14)}, {"by", row.text(15)}};
  return json;
}

Json judged_alarm(const Alarm& alarm, const std::map<std::string, AlarmJudgement>& judgements) {
  Json json(alarm.to_json());
  if (const auto found = judgements.find(alarm.alarm); found != judgements.end())
    json["judged"] = Json(found->second.to_json());
  return json;
}

}  // namespace

Status BoardView::check_topic(const std::string& topic) const {
  const auto& known = topics.topics();
  if (std::any_of(known.begin(), known.end(), [&](const Topic& one) { return one.name == topic; })) return ok_status();
  return Status(Code::kNotFound, fmt::format("no topic of this monitor is called '{}'", topic), "topic");
}

Result<Json> BoardView::overview(std::int64_t hours) const {
  YUPU_ASSIGN_OR_RETURN(const auto standings, topic_standings(store, monitor));
  YUPU_ASSIGN_OR_RETURN(const auto silences, list_silences(store, monitor, now_ns));
  YUPU_ASSIGN_OR_RETURN(const auto model, counted_model(store, monitor));
  std::map<std::string, TopicStanding> states;
  for (const TopicStanding& standing : standings) states[standing.topic] = standing;
  Json rows = Json::array();
  for (const Topic& topic : topics.topics()) {
    YUPU_ASSIGN_OR_RETURN(const TopicSum count,
                          sum_topic(store, monitor, topic.name, now_ns - hours * kHourNs, now_ns + 1));
    Json row = {{"topic", topic.name},
                {"total", count.total},
                {"negative", count.negative},
                {"positive", count.positive},
                {"publishers", count.publishers},
                {"silenced", std::any_of(silences.begin(), silences.end(),
                                         [&](const Silence& one) { return one.covers(topic.name, now_ns); })}};
    const auto found = states.find(topic.name);
    row["state"] = found == states.end() ? "learning" : found->second.state;
    if (found != states.end()) row["since"] = format_utc(found->second.since_ns);
    rows.push_back(std::move(row));
  }
  Json json = {{"monitor", monitor},        {"now", format_utc(now_ns)},     {"hours", hours},
               {"topics", std::move(rows)}, {"silences", list_of(silences)}, {"model", nullptr}};
  if (model) json["model"] = {{"release", model->release}, {"since", format_utc(model->since_ns)}};
  return json;
}

Result<Json> BoardView::series(const SeriesQuery& query) const {
  YUPU_RETURN_IF_ERROR(check_topic(query.topic));
  const std::int64_t bucket_ns = SeriesOptions().bucket_ns;
  const std::int64_t wanted_ns = query.step_ns > 0 ? query.step_ns : query.hours * kHourNs / kPointsWanted;
  const std::int64_t step_ns = std::max<std::int64_t>(1, (wanted_ns + bucket_ns - 1) / bucket_ns) * bucket_ns;
  const std::int64_t begin_ns = (now_ns - query.hours * kHourNs) / step_ns * step_ns;
  const std::int64_t count = now_ns / step_ns - begin_ns / step_ns + 1;
  YUPU_ASSIGN_OR_RETURN(const TopicCount counted, count_topic(store, monitor, query.topic, begin_ns, now_ns + 1));
  struct Point {
    std::int64_t total = 0, negative = 0, positive = 0;
  };
  std::vector<Point> points(static_cast<std::size_t>(count));
  for (const BucketCount& bucket : counted.buckets) {
    Point& point = points[static_cast<std::size_t>((bucket.bucket_ns - begin_ns) / step_ns)];
    point.total += bucket.total;
    point.negative += bucket.negative;
    point.positive += bucket.positive;
  }
  std::vector<std::optional<Band>> expected(points.size());
  if (bands != nullptr) {
    YUPU_ASSIGN_OR_RETURN(expected, bands->of(query.topic, {.begin_ns = begin_ns, .step_ns = step_ns, .count = count}));
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < points.size(); ++i) {
    Json row = {{"begins", format_utc(begin_ns + static_cast<std::int64_t>(i) * step_ns)},
                {"total", points[i].total},
                {"negative", points[i].negative},
                {"positive", points[i].positive}};
    if (expected[i]) {
      row["low"] = expected[i]->low;
      row["high"] = expected[i]->high;
    }
    rows.push_back(std::move(row));
  }
  Json marks = Json::array();
  YUPU_ASSIGN_OR_RETURN(const auto alarms, list_alarms(store, monitor, kAlarmsRead));
  for (const Alarm& alarm : alarms) {
    if (alarm.topic != query.topic || (!alarm.firing && alarm.changed_ns < begin_ns)) continue;
    Json mark = {{"alarm", alarm.alarm}, {"fired", format_utc(alarm.fired_ns)}, {"firing", alarm.firing}};
    if (!alarm.firing) mark["resolved"] = format_utc(alarm.changed_ns);
    marks.push_back(std::move(mark));
  }
  Json models = Json::array();
  YUPU_ASSIGN_OR_RETURN(const auto entries, read_audit_of(store, monitor, "model", begin_ns));
  for (const AuditEntry& entry : entries)
    models.push_back({{"time", format_utc(entry.time_ns)}, {"detail", entry.detail}});
  Json unwatched = Json::array();
  YUPU_ASSIGN_OR_RETURN(const auto gaps, gaps_of(store, monitor, query.topic, begin_ns));
  for (const Gap& gap : gaps) {
    Json row = {{"from", format_utc(gap.begin_ns)}};
    if (gap.end_ns) row["to"] = format_utc(*gap.end_ns);
    unwatched.push_back(std::move(row));
  }
  return Json{{"topic", query.topic},      {"gaps", std::move(unwatched)}, {"step_minutes", step_ns / kMinuteNs},
              {"points", std::move(rows)}, {"alarms", std::move(marks)},   {"models", std::move(models)}};
}

Result<Json> BoardView::documents(const DocumentQuery& query) const {
  YUPU_RETURN_IF_ERROR(check_topic(query.topic));
  Json rows = Json::array();
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    rows = Json::array();
    YUPU_ASSIGN_OR_RETURN(
        const auto found,
        transaction.query(
            std::string(kDocument) +
                "AND m.published_ns >= ? AND m.published_ns < ? AND (? = '' OR m.sentiment = ?) ORDER BY "
                "m.published_ns DESC, m.sequence DESC LIMIT ?",
            {monitor, query.topic, query.begin_ns, query.end_ns, query.sentiment, query.sentiment, query.limit}));
    for (const Row& row : found) rows.push_back(document_of(row));
    return ok_status();
  }));
  return Json{{"topic", query.topic}, {"documents", std::move(rows)}};
}

Result<Json> BoardView::unsure(const UnsureQuery& query) const {
  if (!query.topic.empty()) YUPU_RETURN_IF_ERROR(check_topic(query.topic));
  std::vector<std::pair<double, Json>> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    found.clear();
    for (const Topic& topic : topics.topics()) {
      if (!query.topic.empty() && topic.name != query.topic) continue;
      YUPU_ASSIGN_OR_RETURN(
          const auto rows,
          transaction.query(std::string(kDocument) +
                                "AND m.received_ns >= ? AND d.story = d.id AND j.sentiment IS NULL AND s.negative < ? "
                                "AND s.neutral < ? AND s.positive < ? ORDER BY CASE WHEN s.negative >= s.neutral AND "
                                "s.negative >= s.positive THEN s.negative WHEN s.neutral >= s.positive THEN s.neutral "
                                "ELSE s.positive END, m.sequence DESC LIMIT ?",
                            {monitor, topic.name, now_ns - query.days * kDayNs, kUnsureBelow, kUnsureBelow,
                             kUnsureBelow, query.limit}));
      for (const Row& row : rows) {
        Json document = document_of(row);
        document["topic"] = topic.name;
        found.emplace_back(std::max({row.real(9), row.real(10), row.real(11)}), std::move(document));
      }
      // After each topic, so that no more is held than is asked for, and one topic's.
      std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      if (static_cast<std::int64_t>(found.size()) > query.limit) found.resize(static_cast<std::size_t>(query.limit));
    }
    return ok_status();
  }));
  Json rows = Json::array();
  for (auto& [sure, document] : found) rows.push_back(std::move(document));
  return Json{{"below", kUnsureBelow}, {"days", query.days}, {"documents", std::move(rows)}};
}

Result<Json> BoardView::alarms(std::int64_t limit) const {
  YUPU_ASSIGN_OR_RETURN(const auto alarms, list_alarms(store, monitor, limit));
  YUPU_ASSIGN_OR_RETURN(const auto judgements, alarm_judgements(store, monitor));
  Json rows = Json::array();
  std::set<std::string> names;
  for (const Alarm& alarm : alarms) {
    rows.push_back(judged_alarm(alarm, judgements));
    names.insert(alarm.alarm);
  }
  return Json{{"alarms", std::move(rows)}, {"precision", Json(precision_of(judgements, names).to_json())}};
}

Result<Json> BoardView::alarm(const std::string& id) const {
  YUPU_ASSIGN_OR_RETURN(const auto alarm, find_alarm(store, monitor, id));
  YUPU_ASSIGN_OR_RETURN(const auto judgements, alarm_judgements(store, monitor));
  Json json = judged_alarm(alarm, judgements);
  YUPU_ASSIGN_OR_RETURN(json["explanation"], parse_json(alarm.explanation));
  Json documents = Json::array();
  if (json["explanation"].is_object() && json["explanation"].contains("stories")) {
    YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
      documents = Json::array();
      for (const Json& story : json["explanation"]["stories"]) {
        if (documents.size() == static_cast<std::size_t>(kStoriesMost)) break;
        YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(std::string(kDocument) + "AND m.document_id = ?",
                                                                 {monitor, alarm.topic, story.get<std::int64_t>()}));
        for (const Row& row : rows) documents.push_back(document_of(row));
      }
      return ok_status();
    }));
  }
  json["documents"] = std::move(documents);
  const Json& why = json["explanation"];
  if (why.is_object() && why.contains("time_ns") && why.contains("window_ns")) {
    const auto end_ns = why["time_ns"].get<std::int64_t>();
    YUPU_ASSIGN_OR_RETURN(json["terms"], terms_of_window(store, monitor, alarm.topic,
                                                         end_ns - why["window_ns"].get<std::int64_t>(), end_ns));
  }
  return json;
}

Result<Json> BoardView::sources() const {
  YUPU_ASSIGN_OR_RETURN(const auto outcomes, source_outcomes(store, monitor));
  return Json{{"sources", list_of(outcomes)}};
}

Result<Json> BoardView::audit(std::int64_t limit) const {
  YUPU_ASSIGN_OR_RETURN(const auto entries, read_audit(store, monitor, limit));
  return Json{{"audit", list_of(entries)}};
}

}  // namespace yupu::monitor
