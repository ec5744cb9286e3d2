#include <algorithm>

#include "base/json.h"
#include "products/monitor/documents/intake.h"
#include "strategy/monitor_sources.h"

namespace yupu::strategy {

std::string SourceState::to_text() const {
  return yupu::to_text({{"etag", validators.etag},
                        {"last_modified", validators.last_modified},
                        {"body", body_hash},
                        {"next_ns", next_ns},
                        {"failures", failures},
                        {"new_ns", new_ns},
                        {"gap_ns", gap_ns},
                        {"gaps", gaps},
                        {"seen", seen}});
}

Result<SourceState> SourceState::from_text(const std::string& text) {
  SourceState state;
  if (text.empty()) return state;
  constexpr std::string_view kWhere = "position";
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(text));
  YUPU_ASSIGN_OR_RETURN(state.validators.etag, json_string(json, "etag", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.validators.last_modified, json_string(json, "last_modified", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.body_hash, json_string(json, "body", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.next_ns, json_int(json, "next_ns", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.failures, json_int(json, "failures", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.new_ns, json_int(json, "new_ns", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.gap_ns, json_int(json, "gap_ns", kWhere));
  YUPU_ASSIGN_OR_RETURN(state.gaps, json_int(json, "gaps", kWhere));
  if (!json.contains("seen") || !json["seen"].is_array()) return invalid_argument("position: seen: a list", "seen");
  for (const Json& key : json["seen"]) {
    if (!key.is_string()) return invalid_argument("position: seen: strings", "seen");
    state.seen.push_back(key.get<std::string>());
  }
  return state;
}

bool SourceState::is_silent(std::int64_t interval_ns, std::int64_t now_ns) const {
  return gaps >= kGapsMin && now_ns - new_ns > kSilentGaps * std::max(gap_ns, interval_ns);
}

Result<std::optional<std::int64_t>> blind_since(store::Store& store, const Strategy& strategy, std::int64_t now_ns) {
  const MonitorPlan& plan = *strategy.monitor;
  if (plan.sources.empty() || !plan.files.empty() || !plan.kafka.empty() || plan.push)
    return std::optional<std::int64_t>();
  std::int64_t since_ns = 0;
  for (const MonitorSource& source : plan.sources) {
    YUPU_ASSIGN_OR_RETURN(const std::string position, monitor::source_position(store, strategy.name, source.source));
    YUPU_ASSIGN_OR_RETURN(const SourceState state, SourceState::from_text(position));
    if (state.failures < kFailuresBlind && !state.is_silent(source.interval_ns, now_ns))
      return std::optional<std::int64_t>();
    since_ns = std::max(since_ns, state.new_ns);
  }
  return std::optional<std::int64_t>(since_ns > 0 ? since_ns : now_ns);
}

}  // namespace yupu::strategy
