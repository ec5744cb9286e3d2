#include "strategy/shadow.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/execution_context.h"
#include "serving/classifier_model.h"
#include "serving/shadow.h"
#include "serving/text_model.h"

namespace yupu::strategy {
namespace {

constexpr std::size_t kDifferencesShown = 50;

}  // namespace

double ShadowReport::changed_share() const {
  return call_count > 0 ? static_cast<double>(changed_count) / static_cast<double>(call_count) : 0.0;
}

Json ShadowReport::to_json() const {
  Json shown = Json::array();
  for (const ShadowDifference& one : differences) {
    if (shown.size() == kDifferencesShown) break;
    shown.push_back({{"text", one.asked.text},
                     {"calls", one.asked.call_count},
                     {"live", one.live.to_json()},
                     {"candidate", one.candidate.to_json()}});
  }
  return {{"calls", call_count},
          {"texts", text_count},
          {"changed", changed_count},
          {"changed_share", changed_share()},
          {"differences", std::move(shown)}};
}

Result<std::vector<ShadowText>> newest_questions(store::Store& store, const std::string& model,
                                                 std::int64_t calls_max) {
  std::vector<ShadowText> texts;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    texts.clear();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT text FROM trace WHERE model = ? AND route IN ('/v1/answer', '/v1/chat/completions') "
                          "AND text <> '' ORDER BY created_ns DESC, trace_id LIMIT ?",
                          {model, calls_max}));
    std::map<std::string, std::size_t> known;
    for (const store::Row& row : rows) {
      const auto [at, is_new] = known.try_emplace(row.text(0), texts.size());
      if (is_new) texts.push_back({.text = row.text(0), .call_count = 0});
      ++texts[at->second].call_count;
    }
    return ok_status();
  }));
  return texts;
}

Result<ShadowReport> compare_verdicts(const std::vector<ShadowText>& texts, const ShadowReader& live,
                                      const ShadowReader& candidate) {
  ShadowReport report;
  report.text_count = static_cast<std::int64_t>(texts.size());
  for (const ShadowText& asked : texts) {
    report.call_count += asked.call_count;
    YUPU_ASSIGN_OR_RETURN(ShadowVerdict before, live(asked.text));
    YUPU_ASSIGN_OR_RETURN(ShadowVerdict after, candidate(asked.text));
    if (!handoff::is_changed(before, after)) continue;
    report.changed_count += asked.call_count;
    report.differences.push_back({.asked = asked, .live = std::move(before), .candidate = std::move(after)});
  }
  std::sort(report.differences.begin(), report.differences.end(),
            [](const ShadowDifference& a, const ShadowDifference& b) {
              if (a.asked.call_count != b.asked.call_count) return a.asked.call_count > b.asked.call_count;
              return a.asked.text < b.asked.text;
            });
  return report;
}

Result<ShadowReport> shadow_calls(const LoopContext& context, const std::string& live_directory,
                                  const std::string& candidate_directory) {
  const std::int64_t calls_max = context.strategy.improve.shadow_calls;
  if (calls_max == 0) return ShadowReport{};
  YUPU_ASSIGN_OR_RETURN(const auto texts, newest_questions(context.store, context.strategy.name, calls_max));
  if (texts.empty()) return ShadowReport{};
  engine::ExecutionContext engine(context.threads);
  tasks::BaseCache bases;
  const auto load = serving::classifier_loader(engine, bases);
  YUPU_ASSIGN_OR_RETURN(const auto live, load(live_directory));
  YUPU_ASSIGN_OR_RETURN(const auto candidate, load(candidate_directory));
  const auto reader = [](serving::TextModel& model) -> ShadowReader {
    return [&model](const std::string& text) -> Result<ShadowVerdict> {
      const serving::BatchText batch[] = {{.model = &model, .encoding = model.encode(text)}};
      YUPU_ASSIGN_OR_RETURN(const auto rows, model.logits(batch));
      return serving::verdict_of(model.card(), serving::scored_text(model.card(), rows.front()));
    };
  };
  return compare_verdicts(texts, reader(*live), reader(*candidate));
}

}  // namespace yupu::strategy
