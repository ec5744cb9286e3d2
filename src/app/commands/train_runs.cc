// yupu train ls and yupu train compare: what was trained, and what made the difference.
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "base/terminal.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "training/track/tracker.h"

namespace yupu::app {
namespace {

// One training run, wherever it was found.
struct Trained {
  std::string name;     // record id, or the model directory
  std::string model;    // what it is a version of: the record's name; empty for a directory
  std::string created;  // UTC; empty for a directory
  std::string task;
  std::map<std::string, Json> options;  // flat
  std::map<std::string, double> figures;
  std::vector<double> losses, valid;  // one an epoch

  std::optional<double> figure(const std::string& key) const {
    const auto found = figures.find(key);
    return found == figures.end() ? std::nullopt : std::optional<double>(found->second);
  }
  // What its best epoch was chosen by.
  std::string metric() const {
    const auto found = options.find("metric");
    return found != options.end() && found->second.is_string() ? found->second.get<std::string>() : "accuracy";
  }
  Json to_json() const {
    return {{"name", name},       {"model", model},     {"created", created}, {"task", task},
            {"options", options}, {"figures", figures}, {"losses", losses},   {"valid", valid}};
  }
};

void take_options(const Json& options, Trained& out) {
  for (auto& [key, value] : training::flat_options(options)) out.options.emplace(key, std::move(value));
}

// [{"epoch", "loss", "valid_accuracy" | "valid"}, ...]
void take_curve(const Json& curve, Trained& out) {
  if (!curve.is_array()) return;
  for (const Json& epoch : curve) {
    if (!epoch.is_object()) continue;
    if (epoch.contains("loss") && epoch["loss"].is_number()) out.losses.push_back(epoch["loss"].get<double>());
    for (const char* key : {"valid", "valid_accuracy"})
      if (epoch.contains(key) && epoch[key].is_number()) out.valid.push_back(epoch[key].get<double>());
  }
}

Result<Trained> of_record(const handoff::Record& record) {
  YUPU_ASSIGN_OR_RETURN(handoff::Run run, handoff::Run::from_json(record.body));
  Trained out{.name = record.id,
              .model = record.name,
              .created = format_utc(record.created_ns),
              .task = run.task,
              .options = {},
              .figures = std::move(run.figures),
              .losses = {},
              .valid = {}};
  run.config.erase("encoder");  // sizes that follow from the rest
  take_options(run.config, out);
  if (run.report.is_object()) take_curve(run.report.value("learning_curve", Json()), out);
  return out;
}

// A model directory, by the lineage in its yupu.json.
Result<Trained> of_directory(const std::string& directory) {
  const std::string path = directory + "/yupu.json";
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  if (!json->is_object()) return invalid_argument(fmt::format("{}: an object was expected", path));
  Trained out{.name = directory,
              .model = {},
              .created = {},
              .task = json->value("task", ""),
              .options = {},
              .figures = {},
              .losses = {},
              .valid = {}};
  const Json lineage = json->value("lineage", Json::object());
  if (!lineage.is_object()) return invalid_argument(fmt::format("{}: lineage is no object", path), "lineage");
  take_options(lineage.value("options", Json::object()), out);
  const Json figures = lineage.value("figures", Json::object());  // named: items() only looks at it
  for (const auto& [key, value] : figures.items())
    if (value.is_number()) out.figures[key] = value.get<double>();
  take_curve(lineage.value("learning_curve", Json()), out);
  return out;
}

// Every model directory at or below `root`.
void find_directories(const std::string& root, std::vector<std::string>& out) {
  constexpr int kDepthMax = 4;
  std::error_code error;
  if (file_exists(root + "/yupu.json")) out.push_back(root);
  std::filesystem::recursive_directory_iterator it(root, std::filesystem::directory_options::skip_permission_denied,
                                                   error);
  for (; !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    if (it.depth() >= kDepthMax) it.disable_recursion_pending();
    if (it->path().filename() == "yupu.json" && it.depth() > 0) out.push_back(it->path().parent_path().string());
  }
}

std::string percent_text(std::optional<double> figure) { return figure ? fmt::format("{:.4f}", *figure) : "-"; }

constexpr std::size_t kCurveColumns = 20;

void list_text(const std::vector<Trained>& runs) {
  std::size_t width = 4;
  for (const Trained& run : runs) width = std::max(width, columns(run.name));
  std::string text =
      fmt::format("{} {:<12} {:<9} {:<9} {:>8} {:>8} {:>7} {:>9}  {}", left_aligned("NAME", width), "MODEL", "TASK",
                  "METRIC", "VALID", "TEST", "EPOCHS", "SECONDS", "VALIDATION OVER EPOCHS");
  for (const Trained& run : runs) {
    const auto epochs = run.figure("train.epochs");
    const auto seconds = run.figure("train.seconds");
    const std::string metric = run.metric();
    text += fmt::format("\n{} {} {:<9} {:<9} {:>8} {:>8} {:>7} {:>9}  {}", left_aligned(run.name, width),
                        left_aligned(run.model.empty() ? "-" : run.model, 12), run.task.empty() ? "-" : run.task,
                        metric, percent_text(run.figure("valid." + metric)), percent_text(run.figure("test." + metric)),
                        epochs ? fmt::format("{:.0f}", *epochs) : "-", seconds ? fmt::format("{:.1f}", *seconds) : "-",
                        sparkline(run.valid.empty() ? run.losses : run.valid, kCurveColumns));
  }
  print_text(text);
}

Json list_json(const std::vector<Trained>& runs) {
  Json rows = Json::array();
  for (const Trained& run : runs) rows.push_back(run.to_json());
  return rows;
}

std::string shown(const Json& value) { return value.is_string() ? value.get<std::string>() : to_text(value); }

// Rows of a table: a name and one cell a run.
using Cells = std::vector<std::pair<std::string, std::vector<std::string>>>;

template <class Value, class Show>
Cells cells_of(const std::vector<Trained>& runs, const std::map<std::string, Value> Trained::*member,
               bool only_different, const Show& show) {
  std::set<std::string> keys;
  for (const Trained& run : runs)
    for (const auto& [key, value] : run.*member) keys.insert(key);
  Cells rows;
  for (const std::string& key : keys) {
    std::vector<std::string> cells;
    for (const Trained& run : runs) {
      const auto found = (run.*member).find(key);
      cells.push_back(found == (run.*member).end() ? "-" : show(found->second));
    }
    const bool differs = std::adjacent_find(cells.begin(), cells.end(), std::not_equal_to<>()) != cells.end();
    if (differs || !only_different) rows.emplace_back(key, std::move(cells));
  }
  return rows;
}

std::string table(const std::string& title, const Cells& rows, const std::vector<Trained>& runs) {
  std::size_t width = columns(title);
  for (const auto& [name, cells] : rows) width = std::max(width, columns(name));
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    widths.push_back(columns(runs[i].name));
    for (const auto& [name, cells] : rows) widths[i] = std::max(widths[i], columns(cells[i]));
  }
  std::string text = left_aligned(title, width);
  for (std::size_t i = 0; i < runs.size(); ++i) text += "  " + right_aligned(runs[i].name, widths[i]);
  for (const auto& [name, cells] : rows) {
    text += "\n" + left_aligned(name, width);
    for (std::size_t i = 0; i < cells.size(); ++i) text += "  " + right_aligned(cells[i], widths[i]);
  }
  return text;
}

void compare_text(const std::vector<Trained>& runs) {
  const Cells options = cells_of(runs, &Trained::options, true, shown);
  const Cells figures =
      cells_of(runs, &Trained::figures, false, [](double value) { return fmt::format("{:.6g}", value); });
  Cells curves(2);
  curves[0].first = "loss";
  curves[1].first = "validation";
  for (const Trained& run : runs) {
    curves[0].second.push_back(run.losses.empty() ? "-" : sparkline(run.losses, kCurveColumns));
    curves[1].second.push_back(run.valid.empty() ? "-" : sparkline(run.valid, kCurveColumns));
  }
  std::string text =
      options.empty() ? std::string("every option is the same") : table("OPTIONS THAT DIFFER", options, runs);
  text += "\n\n" + table("FIGURES", figures, runs) + "\n\n" + table("CURVES", curves, runs);
  print_text(text);
}

Json compare_json(const std::vector<Trained>& runs) {
  Json differ = Json::object();
  for (const auto& [key, cells] : cells_of(runs, &Trained::options, true, shown)) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto found = runs[i].options.find(key);
      differ[key].push_back(found == runs[i].options.end() ? Json() : found->second);
    }
  }
  return {{"runs", list_json(runs)}, {"options_that_differ", differ}};
}

}  // namespace

Status train_list_command(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto roots, arguments.finish(0, 1000, "folder"));
  std::vector<Trained> runs;
  if (file_exists(where.workdir) || !where.store_url.empty()) {
    YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
    YUPU_ASSIGN_OR_RETURN(const auto records, handoff::list_records(*place.store, "run", {}, 1000));
    for (const auto& record : records) {
      YUPU_ASSIGN_OR_RETURN(Trained run, of_record(record));
      runs.push_back(std::move(run));
    }
  } else if (roots.empty()) {
    return not_found(
        fmt::format("there is no working folder {}; name one with --workdir, or folders to look for model "
                    "directories in",
                    where.workdir));
  }
  std::vector<std::string> directories;
  for (const std::string& root : roots) {
    if (!file_exists(root)) return not_found(fmt::format("there is no folder {}", root));
    find_directories(root, directories);
  }
  std::sort(directories.begin(), directories.end());
  for (const std::string& directory : directories) {
    YUPU_ASSIGN_OR_RETURN(Trained run, of_directory(directory));
    runs.push_back(std::move(run));
  }
  json ? print_json(Json{{"runs", list_json(runs)}}) : list_text(runs);
  return ok_status();
}

Status train_compare_command(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto names, arguments.finish(2, 16, "runs: record ids or model directories"));
  std::vector<Trained> runs;
  std::optional<Workplace> place;
  for (const std::string& name : names) {
    if (file_exists(name + "/yupu.json")) {
      YUPU_ASSIGN_OR_RETURN(Trained run, of_directory(name));
      runs.push_back(std::move(run));
      continue;
    }
    if (!place) {
      auto opened = open_workplace(where, true);
      if (!opened.ok()) return opened.status().with_context(fmt::format("{} is no model directory", name));
      place.emplace(std::move(*opened));
    }
    YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(*place->store, name));
    if (record.kind != "run") return invalid_argument(fmt::format("{} is a {}, not a run", record.id, record.kind));
    YUPU_ASSIGN_OR_RETURN(Trained run, of_record(record));
    runs.push_back(std::move(run));
  }
  json ? print_json(compare_json(runs)) : compare_text(runs);
  return ok_status();
}

}  // namespace yupu::app
