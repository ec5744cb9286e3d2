#include "console/intents.h"

#include <map>
#include <utility>

#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"

namespace yupu::console {
namespace {

struct Taught {
  std::string release_id = {};
  std::map<std::string, std::int64_t> rows = {};  // by intent
};

// Of the live release's dataset; nothing before the first release.
Result<Taught> taught(store::Store& store, const std::string& model) {
  Taught out;
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store, model));
  if (!live) return out;
  out.release_id = live->release_id;
  YUPU_ASSIGN_OR_RETURN(const auto release_record, handoff::get_record(store, live->release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(release_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto run_record, handoff::get_record(store, release.run_id));
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto dataset_record, handoff::get_record(store, run.dataset_id));
  YUPU_ASSIGN_OR_RETURN(auto dataset, handoff::Dataset::from_json(dataset_record.body));
  out.rows = std::move(dataset.label_counts);
  return out;
}

}  // namespace

Result<Json> list_intents(store::Store& store, const std::string& model, const Json& answers, const Json& entries) {
  YUPU_ASSIGN_OR_RETURN(const Taught known, taught(store, model));
  std::map<std::string, Json> rows;
  const auto row_of = [&rows](const std::string& intent) -> Json& {
    Json& row = rows[intent];
    if (row.is_null()) {
      row = {{"intent", intent}, {"rows", nullptr}, {"calls", 0}, {"hits", 0}, {"misses", 0}};
      row["answers"] = Json::array();
    }
    return row;
  };
  for (const auto& [intent, count] : known.rows) row_of(intent)["rows"] = count;
  for (const Json& answer : answers) row_of(answer.value("intent", std::string()))["answers"].push_back(answer);
  for (const Json& entry : entries) {
    Json& row = row_of(entry.value("intent", std::string()));
    for (const char* figure : {"calls", "hits", "misses"}) row[figure] = entry.value(figure, std::int64_t{0});
  }
  Json json = {{"model", model}, {"release_id", known.release_id}, {"intents", Json::array()}};
  for (auto& [intent, row] : rows) {
    if (!intent.empty() && intent != handoff::kOutOfScope) json["intents"].push_back(std::move(row));
  }
  return json;
}

}  // namespace yupu::console
