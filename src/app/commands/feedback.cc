// yupu feedback: what users said about answers, from the command line.
#include "feedback/feedback.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/feedback_report.h"
#include "app/workplace.h"
#include "data/rows.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "text/personal/mask.h"

namespace yupu::app {
namespace {

// Labels a correction may name: those of the dataset behind the trace's model.
Result<std::vector<std::string>> labels_of_trace(store::Store& store, const std::string& trace_id,
                                                 std::string& tenant_id) {
  std::string release_id;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT tenant_id, release_id FROM trace WHERE trace_id = ?", {trace_id}));
    if (rows.empty()) return not_found(fmt::format("no trace '{}'", trace_id));
    tenant_id = rows[0].text(0);
    release_id = rows[0].text(1);
    return ok_status();
  }));
  YUPU_ASSIGN_OR_RETURN(const auto release_record, handoff::get_record(store, release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(release_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto run_record, handoff::get_record(store, release.run_id));
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto dataset_record, handoff::get_record(store, run.dataset_id));
  YUPU_ASSIGN_OR_RETURN(const auto dataset, handoff::Dataset::from_json(dataset_record.body));
  return dataset.labels;
}

Status add(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  handoff::Feedback feedback;
  feedback.trace_id = arguments.required_text("--trace");
  const std::int64_t rating = arguments.integer("--rating", 0, -1, 1);
  if (rating != 0) feedback.rating = static_cast<int>(rating);
  const std::string correction = arguments.text("--correction");
  if (!correction.empty()) feedback.correction = correction;
  feedback.reason = text::mask_personal_data(arguments.text("--reason"));
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto labels, labels_of_trace(*place.store, feedback.trace_id, feedback.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const auto stored, feedback::record_feedback(*place.store, *place.clock, feedback, labels));
  json ? print_json(Json{{"id", stored.id}, {"trace_id", stored.trace_id}}) : print_text(stored.id);
  return ok_status();
}

}  // namespace

Status feedback_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb,
                        arguments.verb({"add", "list", "misses", "opinions", "summary", "report"}));
  if (verb == "add") return add(arguments);
  if (verb == "report") return feedback_report(arguments);
  const WorkplaceOptions where = read_workplace(arguments);
  arguments.flag("--json");
  const std::string model = arguments.text("--model");
  const std::int64_t limit = arguments.integer("--limit", 1000, 1, 1'000'000);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (verb == "summary") {
    YUPU_ASSIGN_OR_RETURN(const Json summary,
                          feedback::summary(*place.store, {.model = model, .tenant_id = {}, .limit = limit}));
    print_json(summary);
    return ok_status();
  }
  if (verb == "opinions") {
    YUPU_ASSIGN_OR_RETURN(const auto opinions, feedback::opinions(*place.store, {.model = model, .limit = limit}));
    Json rows = Json::array();
    for (const auto& opinion : opinions) rows.push_back(opinion.to_json());
    print_json(Json{{"opinions", rows}});
    return ok_status();
  }
  if (verb == "list") {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          feedback::corrections(*place.store, {.model = model, .tenant_id = {}, .limit = limit}));
    std::string lines;
    for (const auto& row : rows) lines += data::row_line(row);
    if (!lines.empty()) lines.pop_back();
    if (!lines.empty()) print_text(lines);
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto misses,
                        feedback::misses(*place.store, {.model = model, .tenant_id = {}, .limit = limit}));
  Json rows = Json::array();
  for (const auto& miss : misses) rows.push_back(miss.to_json());
  print_json(Json{{"misses", rows}});
  return ok_status();
}

}  // namespace yupu::app
