#include "handoff/shadow.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "handoff/live_release.h"
#include "handoff/record.h"

namespace yupu::handoff {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kDifferencesKept = 200;  // of a model, the newest
constexpr std::size_t kDifferencesAtOnce = 50;  // of those that come together, the newest
constexpr std::int64_t kExamples = 50;          // that are shown
constexpr std::string_view kRefuse = "refuse";

Result<std::optional<ShadowCandidate>> candidate_in(Transaction& transaction, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT candidate_id, started_by, started_ns, dropped, failed, problem, refused FROM "
                        "shadow_candidate WHERE model = ?",
                        {model}));
  if (rows.empty()) return std::optional<ShadowCandidate>();
  const Row& row = rows.front();
  return std::optional<ShadowCandidate>({.model = model,
                                         .candidate_id = row.text(0),
                                         .started_by = row.text(1),
                                         .started_ns = row.integer(2),
                                         .dropped_count = row.integer(3),
                                         .failed_count = row.integer(4),
                                         .problem = row.text(5),
                                         .refused = row.text(6)});
}

// How many candidates there were.
Result<std::int64_t> forget_all(Transaction& transaction, const std::string& model) {
  YUPU_RETURN_IF_ERROR(transaction.execute("DELETE FROM shadow_count WHERE model = ?", {model}).status());
  YUPU_RETURN_IF_ERROR(transaction.execute("DELETE FROM shadow_difference WHERE model = ?", {model}).status());
  return transaction.execute("DELETE FROM shadow_candidate WHERE model = ?", {model});
}

Status add_counts(Transaction& transaction, const std::string& model, const std::string& candidate_id,
                  const std::vector<ShadowRead>& reads) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, bool>;
  std::map<Key, std::int64_t> counts;
  for (const ShadowRead& read : reads) {
    ++counts[{read.release_id, read.live.label, read.live.decision, read.candidate.decision,
              is_changed(read.live, read.candidate)}];
  }
  for (const auto& [key, calls] : counts) {
    const auto& [release_id, intent, live, candidate, changed] = key;
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO shadow_count (model, candidate_id, release_id, intent, live_decision, "
                     "candidate_decision, is_changed, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (model, "
                     "candidate_id, release_id, intent, live_decision, candidate_decision, is_changed) DO UPDATE SET "
                     "calls = shadow_count.calls + excluded.calls",
                     {model, candidate_id, release_id, intent, live, candidate, std::int64_t{changed}, calls})
            .status());
  }
  return ok_status();
}

Status add_differences(Transaction& transaction, const std::string& model, const std::string& candidate_id,
                       const std::vector<ShadowRead>& reads, std::int64_t now_ns) {
  std::size_t added = 0;
  for (auto read = reads.rbegin(); read != reads.rend() && added < kDifferencesAtOnce; ++read) {
    if (!is_changed(read->live, read->candidate)) continue;
    ++added;
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO shadow_difference (model, trace_id, tenant_id, candidate_id, release_id, "
                     "live_decision, live_label, live_score, candidate_decision, candidate_label, candidate_score, "
                     "read_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (model, trace_id) DO NOTHING",
                     {model, read->trace_id, read->tenant_id, candidate_id, read->release_id, read->live.decision,
                      read->live.label, read->live.score, read->candidate.decision, read->candidate.label,
                      read->candidate.score, now_ns})
            .status());
  }
  if (added == 0) return ok_status();
  return transaction
      .execute(
          "DELETE FROM shadow_difference WHERE model = ? AND read_ns < (SELECT MIN(read_ns) FROM (SELECT read_ns "
          "FROM shadow_difference WHERE model = ? ORDER BY read_ns DESC LIMIT ?) AS newest)",
          {model, model, kDifferencesKept})
      .status();
}

Status read_counts(Transaction& transaction, ShadowFigures& figures) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT intent, live_decision, candidate_decision, is_changed, calls FROM shadow_count WHERE "
                        "model = ? AND candidate_id = ? AND release_id = ?",
                        {figures.candidate.model, figures.candidate.candidate_id, figures.release_id}));
  std::map<std::string, ShadowIntent> intents;
  std::map<std::pair<std::string, std::string>, std::int64_t> changes;
  for (const Row& row : rows) {
    const std::int64_t calls = row.integer(4);
    ShadowIntent& intent = intents[row.text(0)];
    intent.intent = row.text(0);
    intent.call_count += calls;
    figures.call_count += calls;
    if (row.integer(3) == 0) continue;
    intent.changed_count += calls;
    figures.changed_count += calls;
    changes[{row.text(1), row.text(2)}] += calls;
  }
  for (auto& [name, intent] : intents) figures.intents.push_back(std::move(intent));
  for (const auto& [decisions, calls] : changes) {
    figures.changes.push_back({.live = decisions.first, .candidate = decisions.second, .call_count = calls});
  }
  std::stable_sort(figures.intents.begin(), figures.intents.end(), [](const ShadowIntent& a, const ShadowIntent& b) {
    return std::tie(b.changed_count, b.call_count) < std::tie(a.changed_count, a.call_count);
  });
  std::stable_sort(figures.changes.begin(), figures.changes.end(),
                   [](const ShadowChange& a, const ShadowChange& b) { return a.call_count > b.call_count; });
  return ok_status();
}

Status read_examples(Transaction& transaction, const std::optional<std::string>& tenant_id, ShadowFigures& figures) {
  std::string sql =
      "SELECT d.trace_id, t.text, d.live_decision, d.live_label, d.live_score, d.candidate_decision, "
      "d.candidate_label, d.candidate_score, d.read_ns FROM shadow_difference d JOIN trace t ON t.trace_id = "
      "d.trace_id AND t.tenant_id = d.tenant_id WHERE d.model = ? AND d.candidate_id = ? AND d.release_id = ?";
  std::vector<store::Value> values = {figures.candidate.model, figures.candidate.candidate_id, figures.release_id};
  if (tenant_id) {
    sql += " AND d.tenant_id = ?";
    values.emplace_back(*tenant_id);
  }
  values.emplace_back(kExamples);
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql + " ORDER BY d.read_ns DESC, d.trace_id LIMIT ?",
                                                           std::span<const store::Value>(values)));
  for (const Row& row : rows) {
    figures.examples.push_back({.trace_id = row.text(0),
                                .text = row.text(1),
                                .live = {.decision = row.text(2), .label = row.text(3), .score = row.real(4)},
                                .candidate = {.decision = row.text(5), .label = row.text(6), .score = row.real(7)},
                                .read_ns = row.integer(8)});
  }
  return ok_status();
}

// What is said of a candidate, in one of its columns "problem" and "refused".
Status say_of(store::Store& store, std::string_view column, const std::string& model, const std::string& candidate_id,
              const std::string& said) {
  return store.write([&](Transaction& transaction) {
    return transaction
        .execute(fmt::format("UPDATE shadow_candidate SET {} = ? WHERE model = ? AND candidate_id = ?", column),
                 {said, model, candidate_id})
        .status();
  });
}

}  // namespace

Json ShadowVerdict::to_json() const { return {{"decision", decision}, {"label", label}, {"score", score}}; }

bool is_changed(const ShadowVerdict& live, const ShadowVerdict& candidate) {
  if (live.decision != candidate.decision) return true;
  return live.decision != kRefuse && live.label != candidate.label;
}

Result<bool> is_live(store::Store& store, const std::string& model, const std::string& id) {
  YUPU_ASSIGN_OR_RETURN(const auto live, live_release(store, model));
  if (!live) return false;
  if (live->release_id == id) return true;
  const auto record = get_record(store, live->release_id);
  return record.ok() && record->body.value("run_id", std::string()) == id;
}

Status begin_shadow(store::Store& store, ShadowCandidate candidate) {
  const auto record = get_record(store, candidate.candidate_id);
  const bool is_ours =
      record.ok() && record->name == candidate.model && (record->kind == "run" || record->kind == "release");
  if (!is_ours) {
    return Status(Code::kNotFound,
                  fmt::format("'{}' has no run or release '{}'", candidate.model, candidate.candidate_id.substr(0, 64)),
                  "candidate");
  }
  candidate.candidate_id = record->id;
  YUPU_ASSIGN_OR_RETURN(const auto live, live_release(store, candidate.model));
  if (!live) return conflict(fmt::format("'{}' has no live release to read beside", candidate.model));
  YUPU_ASSIGN_OR_RETURN(const bool answers, is_live(store, candidate.model, record->id));
  if (answers) return conflict(fmt::format("{} is what answers now: there is nothing to compare", record->id));
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto now, candidate_in(transaction, candidate.model));
    if (now && now->candidate_id == candidate.candidate_id) return ok_status();
    YUPU_RETURN_IF_ERROR(forget_all(transaction, candidate.model).status());
    return transaction
        .execute(
            "INSERT INTO shadow_candidate (model, candidate_id, started_by, started_ns, dropped, failed, problem, "
            "refused) VALUES (?, ?, ?, ?, 0, 0, '', '')",
            {candidate.model, candidate.candidate_id, candidate.started_by, candidate.started_ns})
        .status();
  });
}

Result<bool> end_shadow(store::Store& store, const std::string& model) {
  bool was_reading = false;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t count, forget_all(transaction, model));
    was_reading = count > 0;
    return ok_status();
  }));
  return was_reading;
}

Result<std::optional<ShadowCandidate>> shadow_candidate(store::Store& store, const std::string& model) {
  std::optional<ShadowCandidate> candidate;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(candidate, candidate_in(transaction, model));
    return ok_status();
  }));
  return candidate;
}

Status keep_shadow(store::Store& store, const std::string& model, const std::string& candidate_id,
                   const ShadowReads& more, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t known,
                          transaction.execute("UPDATE shadow_candidate SET dropped = dropped + ?, failed = failed + ? "
                                              "WHERE model = ? AND candidate_id = ?",
                                              {more.dropped_count, more.failed_count, model, candidate_id}));
    if (known == 0) return ok_status();
    YUPU_RETURN_IF_ERROR(add_counts(transaction, model, candidate_id, more.reads));
    return add_differences(transaction, model, candidate_id, more.reads, now_ns);
  });
}

Status set_shadow_problem(store::Store& store, const std::string& model, const std::string& candidate_id,
                          const std::string& problem) {
  return say_of(store, "problem", model, candidate_id, problem);
}

Status refuse_shadow(store::Store& store, const std::string& model, const std::string& candidate_id,
                     const std::string& why) {
  return say_of(store, "refused", model, candidate_id, why);
}

double ShadowFigures::changed_share() const {
  return call_count > 0 ? static_cast<double>(changed_count) / static_cast<double>(call_count) : 0.0;
}

Json ShadowFigures::to_json() const {
  Json json{{"candidate_id", candidate.candidate_id},
            {"release_id", release_id},
            {"started_by", candidate.started_by},
            {"started", format_utc(candidate.started_ns)},
            {"problem", candidate.problem},
            {"refused", candidate.refused},
            {"calls", call_count},
            {"changed", changed_count},
            {"changed_share", changed_share()},
            {"dropped", candidate.dropped_count},
            {"failed", candidate.failed_count},
            {"intents", Json::array()},
            {"changes", Json::array()},
            {"examples", Json::array()}};
  for (const ShadowIntent& one : intents) {
    json["intents"].push_back({{"intent", one.intent}, {"calls", one.call_count}, {"changed", one.changed_count}});
  }
  for (const ShadowChange& one : changes) {
    json["changes"].push_back({{"live", one.live}, {"candidate", one.candidate}, {"calls", one.call_count}});
  }
  for (const ShadowExample& one : examples) {
    json["examples"].push_back({{"trace_id", one.trace_id},
                                {"text", one.text},
                                {"read", format_utc(one.read_ns)},
                                {"live", one.live.to_json()},
                                {"candidate", one.candidate.to_json()}});
  }
  return json;
}

Result<std::optional<ShadowFigures>> shadow_figures(store::Store& store, const std::string& model,
                                                    const std::optional<std::string>& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto live, live_release(store, model));
  std::optional<ShadowFigures> figures;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(auto candidate, candidate_in(transaction, model));
    if (!candidate) return ok_status();
    figures.emplace();
    figures->candidate = *std::move(candidate);
    figures->release_id = live ? live->release_id : std::string();
    YUPU_RETURN_IF_ERROR(read_counts(transaction, *figures));
    return read_examples(transaction, tenant_id, *figures);
  }));
  return figures;
}

}  // namespace yupu::handoff
