#include "console/releases.h"

#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "console/rounds.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/shadow.h"
#include "handoff/types.h"

namespace yupu::console {
namespace {

constexpr std::int64_t kShown = 50;       // releases, and runs
constexpr std::size_t kHistoryMost = 50;  // changes of what is live
constexpr std::array<std::string_view, 4> kFigures = {"test.accuracy", "test.macro_f1", "test.answered_share",
                                                      "test.answered_precision"};
constexpr std::array<std::string_view, 7> kGate = {"pass", "reason", "metric", "candidate", "live", "gain", "fallen"};

Json dataset_json(store::Store& store, const std::string& id) {
  const auto record = handoff::get_record(store, id);
  if (!record.ok()) return nullptr;
  const auto dataset = handoff::Dataset::from_json(record->body);
  if (!dataset.ok()) return nullptr;
  std::int64_t rows = 0;
  for (const auto& [split, count] : dataset->row_counts) rows += count;
  return {{"id", record->id},
          {"created", format_utc(record->created_ns)},
          {"rows", rows},
          {"labels", dataset->labels.size()}};
}

// What a run was trained on and came to.
Json run_json(store::Store& store, const handoff::Run& run) {
  Json figures = Json::object();
  for (const std::string_view name : kFigures) {
    const auto found = run.figures.find(std::string(name));
    if (found != run.figures.end()) figures[found->first] = found->second;
  }
  return {{"figures", std::move(figures)}, {"dataset", dataset_json(store, run.dataset_id)}};
}

Json release_json(store::Store& store, const handoff::Record& record, const std::string& live) {
  Json json = {{"release_id", record.id},   {"created", format_utc(record.created_ns)},
               {"live", record.id == live}, {"figures", Json::object()},
               {"dataset", nullptr},        {"gate", Json::object()}};
  const auto release = handoff::Release::from_json(record.body);
  if (!release.ok()) return json;
  json["run_id"] = release->run_id;
  json["replaces"] = release->replaces;
  for (const std::string_view name : kGate) {
    if (release->gate.contains(std::string(name)))
      json["gate"][std::string(name)] = release->gate.at(std::string(name));
  }
  const auto run_record = handoff::get_record(store, release->run_id);
  if (!run_record.ok()) return json;
  const auto run = handoff::Run::from_json(run_record->body);
  if (run.ok()) json.update(run_json(store, *run));
  return json;
}

// Why a run was not released: as its round says, or, of a store from before there was a log of rounds, the stage.
Result<std::map<std::string, std::string>> reasons_of(store::Store& store, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(auto reasons, refused_by_rounds(store, model));
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT output FROM stage WHERE strategy = ? AND stage IN ('improve', 'release')", {model}));
    for (const store::Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(row.text(0)));
      const Json output = body.value("output", Json::object());
      if (output.contains("run_id") && output.contains("reason") && output.at("reason").is_string())
        reasons.try_emplace(output.at("run_id").get<std::string>(), output.at("reason").get<std::string>());
    }
    return ok_status();
  }));
  return reasons;
}

Result<Json> refused_json(store::Store& store, const std::string& model, const std::set<std::string>& released) {
  YUPU_ASSIGN_OR_RETURN(const auto reasons, reasons_of(store, model));
  YUPU_ASSIGN_OR_RETURN(const auto reading, handoff::shadow_candidate(store, model));
  const bool is_open = reading && reading->refused.empty();  // it may become a release yet
  YUPU_ASSIGN_OR_RETURN(const auto runs, handoff::list_records(store, "run", model, kShown));
  Json rows = Json::array();
  for (const handoff::Record& record : runs) {
    if (released.contains(record.id) || (is_open && reading->candidate_id == record.id)) continue;
    const auto run = handoff::Run::from_json(record.body);
    if (!run.ok()) continue;
    Json row = run_json(store, *run);
    row["run_id"] = record.id;
    row["created"] = format_utc(record.created_ns);
    const auto reason = reasons.find(record.id);
    row["reason"] = reason == reasons.end() ? std::string() : reason->second;
    rows.push_back(std::move(row));
  }
  return rows;
}

// As handoff::roll_back walks: what was live before the present release first became live.
std::string back_to(const std::vector<handoff::LiveChange>& history) {
  if (history.empty()) return {};
  std::size_t first = history.size();
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].release_id == history[0].release_id) first = i;
  }
  if (first + 1 >= history.size()) first = 0;
  return first + 1 < history.size() ? history[first + 1].release_id : std::string();
}

Status append(store::Transaction& transaction, const ReleaseChoice& choice, std::int64_t now_ns) {
  return transaction
      .execute(
          "INSERT INTO live_release (sequence, model, release_id, reason, changed_ns) "
          "SELECT COALESCE(MAX(sequence), 0) + 1, ?, ?, ?, ? FROM live_release",
          {choice.model, choice.release_id, fmt::format("chosen in the console by {}", choice.by), now_ns})
      .status();
}

}  // namespace

Result<Json> list_releases(store::Store& store, const std::string& model, const std::string& served) {
  YUPU_ASSIGN_OR_RETURN(const auto history, handoff::live_history(store, model));
  YUPU_ASSIGN_OR_RETURN(const auto records, handoff::list_records(store, "release", model, kShown));
  const std::string live = history.empty() ? std::string() : history[0].release_id;
  Json json = {{"model", model}, {"live", live}, {"served", served}, {"back_to", back_to(history)}};
  json["releases"] = Json::array();
  std::set<std::string> released;
  for (const handoff::Record& record : records) {
    Json row = release_json(store, record, live);
    released.insert(row.value("run_id", std::string()));
    json["releases"].push_back(std::move(row));
  }
  YUPU_ASSIGN_OR_RETURN(json["refused"], refused_json(store, model, released));
  YUPU_ASSIGN_OR_RETURN(json["rounds"], recent_rounds(store, model, kShown));
  json["history"] = Json::array();
  for (const handoff::LiveChange& change : history) {
    if (json["history"].size() == kHistoryMost) break;
    json["history"].push_back(
        {{"release_id", change.release_id}, {"reason", change.reason}, {"changed", format_utc(change.changed_ns)}});
  }
  return json;
}

Result<Json> make_live(store::Store& store, const Clock& clock, const ReleaseChoice& choice) {
  const auto record = handoff::get_record(store, choice.release_id);
  const bool is_ours = record.ok() && record->id == choice.release_id && record->kind == "release";
  if (!is_ours || record->name != choice.model) {
    return Status(Code::kNotFound,
                  fmt::format("'{}' has no release '{}'", choice.model, choice.release_id.substr(0, 64)), "release_id");
  }
  const std::int64_t now_ns = clock.now_ns();
  YUPU_RETURN_IF_ERROR(store.write([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT release_id FROM live_release WHERE model = ? ORDER BY sequence DESC LIMIT 1",
                          {choice.model}));
    const std::string live = rows.empty() ? std::string() : rows[0].text(0);
    if (live == choice.release_id) return ok_status();
    if (live == choice.instead_of) return append(transaction, choice, now_ns);
    return Status(Code::kConflict, fmt::format("{} answers by now; look again", live), "instead_of");
  }));
  return Json{{"release_id", choice.release_id}, {"instead_of", choice.instead_of}, {"changed", format_utc(now_ns)}};
}

}  // namespace yupu::console
