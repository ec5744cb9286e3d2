#include "products/monitor/detect/monitor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "products/monitor/detect/state_reader.h"

namespace yupu::monitor {
namespace {

constexpr std::string_view kFormat = "yupu-surge";
constexpr std::int64_t kVersion = 2;  // 1: no window looked at what came before it, its thresholds are others
constexpr std::size_t kStateBytesMax = std::size_t{1} << 30;

}  // namespace

Result<SurgeMonitor> SurgeMonitor::create(TopicRules rules, std::int64_t now_ns) {
  if (now_ns < 0) return invalid_argument("surge monitor: begins before 1970", "now_ns");
  SurgeMonitor monitor;
  monitor.now_ns_ = now_ns;
  for (auto& [topic, rule] : rules) {
    const Status valid = rule.validate();
    if (!valid.ok()) return valid.with_context(fmt::format("topic '{}'", topic));
    monitor.topics_.try_emplace(topic, TopicDetector(topic, std::move(rule), now_ns));
  }
  monitor.find_next();
  return monitor;
}

void SurgeMonitor::find_next() {
  next_ns_ = INT64_MAX;
  for (const auto& [topic, detector] : topics_) next_ns_ = std::min(next_ns_, detector.next_ns());
}

Status SurgeMonitor::advance(std::int64_t now_ns, std::vector<Change>* changes) {
  if (now_ns < 0) return invalid_argument(fmt::format("received_ns {}: before 1970", now_ns), "received_ns");
  if (now_ns > now_ns_ + kJumpMaxNs)
    return invalid_argument(fmt::format("received_ns {}: more than 31 days after the last", now_ns), "received_ns");
  now_ns_ = std::max(now_ns_, now_ns);
  while (next_ns_ <= now_ns_) {
    for (auto& [topic, detector] : topics_) {
      if (detector.next_ns() != next_ns_) continue;
      if (auto change = detector.step()) changes->push_back(std::move(*change));
    }
    find_next();
  }
  return ok_status();
}

Result<TopicDetector*> SurgeMonitor::at(std::string_view topic) {
  const auto it = topics_.find(topic);
  if (it == topics_.end()) return Status(Code::kNotFound, fmt::format("no topic '{}'", topic), "topic");
  return &it->second;
}

const TopicDetector* SurgeMonitor::find(std::string_view topic) const {
  const auto it = topics_.find(topic);
  return it == topics_.end() ? nullptr : &it->second;
}

Result<bool> SurgeMonitor::offer(const Document& document, std::vector<Change>* changes) {
  YUPU_ASSIGN_OR_RETURN(TopicDetector * detector, at(document.topic));
  YUPU_RETURN_IF_ERROR(advance(document.received_ns, changes));
  return detector->add(document);
}

Status SurgeMonitor::begin_gap(std::string_view topic, std::int64_t since_ns, std::int64_t received_ns,
                               std::vector<Change>* changes) {
  YUPU_ASSIGN_OR_RETURN(TopicDetector * detector, at(topic));
  YUPU_RETURN_IF_ERROR(advance(received_ns, changes));
  detector->open_gap(since_ns);
  return ok_status();
}

Status SurgeMonitor::end_gap(std::string_view topic, std::int64_t received_ns, std::vector<Change>* changes) {
  YUPU_ASSIGN_OR_RETURN(TopicDetector * detector, at(topic));
  YUPU_RETURN_IF_ERROR(advance(received_ns, changes));
  detector->close_gap();
  return ok_status();
}

Result<bool> SurgeMonitor::take(const Event& event, std::vector<Change>* changes) {
  const Document& document = event.document;
  switch (event.kind) {
    case Event::Kind::kDocument:
      return offer(document, changes);
    case Event::Kind::kGapBegin:
      YUPU_RETURN_IF_ERROR(begin_gap(document.topic, document.time_ns, document.received_ns, changes));
      return true;
    case Event::Kind::kGapEnd:
      YUPU_RETURN_IF_ERROR(end_gap(document.topic, document.received_ns, changes));
      return true;
  }
  return internal_error("no event of that kind");
}

std::string SurgeMonitor::save() const {
  Json topics = Json::array();
  for (const auto& [topic, detector] : topics_) topics.push_back(detector.to_json());
  const Json body = {{"now_ns", now_ns_}, {"topics", std::move(topics)}};
  return to_text({{"format", kFormat}, {"version", kVersion}, {"sha256", sha256_hex(to_text(body))}, {"body", body}});
}

Result<SurgeMonitor> SurgeMonitor::load(std::string_view text, const TopicRules& rules) {
  auto parsed = parse_json(text, {.bytes_max = kStateBytesMax});
  if (!parsed.ok()) return invalid_argument("state: " + parsed.status().message(), "state");
  const StateReader reader(*parsed, "");
  YUPU_RETURN_IF_ERROR(reader.only({"format", "version", "sha256", "body"}));
  YUPU_ASSIGN_OR_RETURN(const std::string format, reader.string("format"));
  if (format != kFormat) return reader.wrong("format", fmt::format("'{}' is not '{}'", format, kFormat));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t version, reader.integer("version", 0, INT64_MAX));
  if (version != kVersion) return reader.wrong("version", fmt::format("{}; this program reads {}", version, kVersion));
  YUPU_ASSIGN_OR_RETURN(const std::string hash, reader.string("sha256"));
  const Json& body = (*parsed)["body"];
  if (sha256_hex(to_text(body)) != hash) return reader.wrong("sha256", "the body is not what was written");
  const StateReader inner(body, "body");
  YUPU_RETURN_IF_ERROR(inner.only({"now_ns", "topics"}));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t now_ns, inner.integer("now_ns", 0, INT64_MAX - kJumpMaxNs));
  YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, create(rules, now_ns));
  if (!body["topics"].is_array()) return inner.wrong("topics", "must be a list");
  for (std::size_t i = 0; i < body["topics"].size(); ++i) {
    const Json& topic = body["topics"][i];
    const std::string path = fmt::format("body.topics[{}]", i);
    YUPU_ASSIGN_OR_RETURN(const std::string name, StateReader(topic, path).string("name"));
    const auto rule = rules.find(name);
    if (rule == rules.end()) continue;
    YUPU_ASSIGN_OR_RETURN(TopicDetector detector, TopicDetector::from_json(topic, path, rule->second));
    if (detector.series().head() != now_ns / rule->second.series.bucket_ns)
      return StateReader(topic, path).wrong("series", "its open bucket is not that of now_ns");
    monitor.topics_.insert_or_assign(name, std::move(detector));
  }
  monitor.find_next();
  return monitor;
}

Result<Replay> replay(const TopicRules& rules, std::span<const Event> log, std::int64_t end_ns) {
  const std::int64_t begin_ns = log.empty() ? end_ns : log.front().document.received_ns;
  YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, SurgeMonitor::create(rules, begin_ns));
  Replay result;
  for (const Event& event : log) {
    const Result<bool> taken = monitor.take(event, &result.changes);
    if (!taken.ok()) {
      ++result.refused_count;
    } else if (event.kind == Event::Kind::kDocument) {
      ++(*taken ? result.counted_count : result.repeated_count);
    }
  }
  YUPU_RETURN_IF_ERROR(monitor.advance(end_ns, &result.changes));
  return result;
}

}  // namespace yupu::monitor
