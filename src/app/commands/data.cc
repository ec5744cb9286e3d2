// yupu data: datasets without a strategy file.
#include <utility>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/row_files.h"
#include "app/workplace.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/acquire/crawl/crawl.h"
#include "data/check/check.h"
#include "data/import.h"
#include "data/inspect.h"
#include "data/masked_file.h"
#include "handoff/types.h"

namespace yupu::app {
namespace {

data::ImportOptions read_import(Arguments& arguments) {
  data::ImportOptions options;
  options.name = arguments.text("--dataset", "default");
  data::ImportSource source = read_row_shape(arguments);
  source.split_column = arguments.text("--split-column");
  options.valid_fraction = arguments.number("--valid", 0.1, 0.0, 0.5);
  options.test_fraction = arguments.number("--test", 0.1, 0.0, 0.5);
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.min_examples_per_label = arguments.integer("--min-examples", 2, 0, 1'000'000);
  options.text_bytes_max = static_cast<std::size_t>(arguments.integer("--text-bytes-max", 8192, 16, 1 << 20));
  options.sources = {source};
  if (arguments.flag("--keep-personal")) options.mask = {};
  return options;
}

void add_files(data::ImportOptions& options, const std::vector<std::string>& files) {
  const data::ImportSource shape = options.sources[0];
  options.sources.clear();
  for (const std::string& file : files) {
    options.sources.push_back(shape);
    options.sources.back().path = file;
  }
}

Status import(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  data::ImportOptions options = read_import(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto files, arguments.finish(1, 10'000, "file"));
  add_files(options, files);
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, false));
  const auto progress = terminal_progress();
  YUPU_ASSIGN_OR_RETURN(const auto record,
                        data::import_dataset(options, place.workdir, *place.store, *place.clock, *progress));
  if (json) {
    print_json(Json{{"id", record.id}, {"dataset", record.body}});
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto dataset, handoff::Dataset::from_json(record.body));
  std::string text = record.id;
  for (const auto& [split, rows] : dataset.row_counts) text += fmt::format("\n  {:<6} {} rows", split, rows);
  text += fmt::format("\n  {} labels; {} rejected, {} duplicates, {} in conflict: see {}/{}/rejects.jsonl",
                      dataset.labels.size(), dataset.rejected_count, dataset.duplicate_count, dataset.conflict_count,
                      place.workdir, dataset.directory);
  print_text(text);
  return ok_status();
}

// Files whose rows belong to one split each, besides those given as words.
void read_split_files(Arguments& arguments, std::vector<std::pair<std::string, std::string>>& files) {
  for (const char* split : {"train", "valid", "test"}) {
    for (std::string& file : arguments.many(fmt::format("--{}-file", split)))
      files.emplace_back(std::move(file), split);
  }
}

Status check(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  arguments.flag("--json");  // the report is JSON either way
  data::CheckOptions options;
  options.import = read_import(arguments);
  options.labels = arguments.one_of("--labels", "on", {"on", "off"}) == "on";
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  const std::string report_prefix = arguments.text("--report");
  std::vector<std::pair<std::string, std::string>> split_files;
  read_split_files(arguments, split_files);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(split_files.empty() ? 1 : 0, 10'000, "file or dataset id"));
  Json json;
  if (words.size() == 1 && words[0].starts_with("ds_")) {
    YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
    YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(*place.store, words[0]));
    YUPU_ASSIGN_OR_RETURN(json, data::check(record, place.workdir));
  } else {
    const data::ImportSource shape = options.import.sources[0];
    add_files(options.import, words);
    for (const auto& [file, split] : split_files) {
      options.import.sources.push_back(shape);
      options.import.sources.back().path = file;
      options.import.sources.back().fixed_split = split;
    }
    const auto progress = terminal_progress();
    YUPU_ASSIGN_OR_RETURN(const data::CheckReport report, data::check_before_training(options, *progress));
    if (!report_prefix.empty()) YUPU_RETURN_IF_ERROR(report.write(report_prefix));
    json = report.to_json();
  }
  print_json(json);
  if (!json.value("ok", false)) return conflict("the data has findings; they stand in the report above");
  return ok_status();
}

Status show(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "dataset id"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(*place.store, words[0]));
  YUPU_ASSIGN_OR_RETURN(const Json report, data::show(record, place.workdir));
  print_json(report);
  return ok_status();
}

Status diff(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(2, 2, "dataset id"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto from, handoff::get_record(*place.store, words[0]));
  YUPU_ASSIGN_OR_RETURN(const auto to, handoff::get_record(*place.store, words[1]));
  YUPU_ASSIGN_OR_RETURN(const Json report, data::diff(from, to, place.workdir));
  print_json(report);
  return ok_status();
}

Status list(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto records, handoff::list_records(*place.store, "dataset"));
  Json rows = Json::array();
  std::string text = fmt::format("{:<24} {:<16} {:<25} {}", "ID", "NAME", "CREATED", "ROWS");
  for (const auto& record : records) {
    YUPU_ASSIGN_OR_RETURN(const auto dataset, handoff::Dataset::from_json(record.body));
    rows.push_back({{"id", record.id},
                    {"name", record.name},
                    {"created", format_utc(record.created_ns)},
                    {"rows", dataset.row_counts}});
    text += fmt::format("\n{:<24} {:<16} {:<25}", record.id, record.name, format_utc(record.created_ns));
    for (const auto& [split, count] : dataset.row_counts) text += fmt::format(" {} {}", split, count);
  }
  json ? print_json(Json{{"datasets", rows}}) : print_text(text);
  return ok_status();
}

// Pages of sites into a file of rows, which `data import` and `pretrain` read.
Status crawl(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  data::CrawlOptions options;
  data::FetchOptions fetch;
  options.rows = arguments.required_text("--out");
  options.depth_max = arguments.integer("--depth", options.depth_max, 0, 100);
  options.pages_max = arguments.integer("--pages", options.pages_max, 1, 10'000'000);
  options.sitemaps = arguments.flag("--sitemaps");
  options.text_bytes_min = static_cast<std::size_t>(arguments.integer("--text-bytes-min", 60, 1, 1 << 20));
  options.utc_offset_minutes = arguments.integer("--utc-offset-minutes", 0, -14 * 60, 14 * 60);
  fetch.user_agent = arguments.required_text("--user-agent");
  fetch.pause_ns = arguments.integer("--pause-ms", 1000, 0, 3'600'000) * 1'000'000;
  fetch.allow_private = arguments.flag("--allow-private-addresses");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1000, "address"));
  for (const std::string& word : words) {
    YUPU_ASSIGN_OR_RETURN(http::Url url, http::parse_url(word));
    options.starts.push_back(std::move(url));
  }
  if (data::product_token(fetch.user_agent).empty())
    return invalid_argument("--user-agent begins with a name, like \"newsroom/1 (+https://example.org/bot)\"",
                            "--user-agent");
  const SystemClock clock{};
  data::Fetcher fetcher(fetch, clock);
  const auto progress = [](const std::string& url, const std::string& result) {
    log::info("crawled", {{"url", url}, {"result", result}});
    return true;
  };
  YUPU_ASSIGN_OR_RETURN(const data::CrawlReport report, data::crawl(fetcher, clock, options, progress));
  OrderedJson results = OrderedJson::object();
  std::string text = fmt::format("{} pages asked for in all{}", report.asked, report.finished ? "" : ", not finished");
  for (const auto& [result, count] : report.results) {
    results[result] = count;
    text += fmt::format("\n  {:<16} {}", result, count);
  }
  const std::string next = report.next_ns > 0 ? format_utc(report.next_ns) : "";
  if (!next.empty()) text += "\n  the host asks for rest until " + next + "; the same command goes on then";
  json ? print_json(
             OrderedJson{{"asked", report.asked}, {"finished", report.finished}, {"results", results}, {"next", next}})
       : print_text(text);
  return ok_status();
}

// A file without its personal data, or a masked one led back.
Status mask(Arguments& arguments, bool back) {
  const bool json = arguments.flag("--json");
  const std::string out = arguments.required_text("--out");
  const std::string map = back ? arguments.required_text("--map") : arguments.text("--map");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const data::MaskedFile done,
                        back ? data::unmask_file(words[0], map, out) : data::mask_file(words[0], out, map));
  json ? print_json(done.to_json())
       : print_text(fmt::format("{}: {} lines, {} {}", out, done.line_count, done.value_count,
                                back || map.empty() ? "of them changed" : "values in the map"));
  return ok_status();
}

}  // namespace

Status data_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb,
                        arguments.verb({"import", "crawl", "mask", "unmask", "check", "show", "diff", "list"}));
  if (verb == "import") return import(arguments);
  if (verb == "crawl") return crawl(arguments);
  if (verb == "mask" || verb == "unmask") return mask(arguments, verb == "unmask");
  if (verb == "check") return check(arguments);
  if (verb == "show") return show(arguments);
  if (verb == "diff") return diff(arguments);
  return list(arguments);
}

}  // namespace yupu::app
