#include "data/import.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "data/acquire/files/blocks.h"
#include "data/acquire/files/lines.h"
#include "data/dataset/builder.h"
#include "data/dataset/survey.h"
#include "data/rows.h"

namespace yupu::data {
namespace {

constexpr std::size_t kExamplesMax = 50;

// Options are checked before any file is opened; labels fixed by a source are cleaned like those in a file.
Result<std::vector<ImportSource>> checked_sources(const ImportOptions& options) {
  if (options.name.empty()) return invalid_argument("a dataset needs a name", "name");
  if (options.sources.empty()) return invalid_argument("dataset '" + options.name + "': no file to import", "sources");
  if (options.sources.size() > UINT16_MAX)
    return invalid_argument("more files than one import takes (65535)", "sources");
  if (options.min_examples_per_label < 0)
    return invalid_argument("min_examples_per_label must not be negative", "min_examples_per_label");
  if (options.text_bytes_max == 0) return invalid_argument("text_bytes_max must be positive", "text_bytes_max");
  YUPU_RETURN_IF_ERROR(check_fractions({options.valid_fraction, options.test_fraction}));
  std::set<std::string> names;
  std::vector<ImportSource> sources = options.sources;
  for (ImportSource& source : sources) {
    if (!names.insert(source.shown()).second) return invalid_argument(source.shown() + ": given twice", "path");
    if (source.text_column.empty())
      return invalid_argument(source.shown() + ": a text column must be named", "text_column");
    if (!source.fixed_split.empty() && !parse_split(source.fixed_split)) {
      return invalid_argument(
          fmt::format("{}: split '{}' is not train, valid or test", source.shown(), source.fixed_split), "fixed_split");
    }
    if (source.fixed_label.empty()) continue;
    if (const auto problem = clean_label(source.fixed_label)) {
      return invalid_argument(source.shown() + ": " + problem->detail, "fixed_label");
    }
  }
  return sources;
}

Status thin_label_error(const std::vector<Survey::ThinLabel>& thin, std::int64_t min_examples) {
  if (thin.empty()) return ok_status();
  constexpr std::size_t kShown = 10;
  std::vector<std::string> lines;
  lines.reserve(std::min(thin.size(), kShown) + 1);
  for (std::size_t i = 0; i < std::min(thin.size(), kShown); ++i) {
    lines.push_back(fmt::format("label '{}' has {} example{} to train on (first seen at {})", thin[i].label,
                                thin[i].example_count, thin[i].example_count == 1 ? "" : "s", thin[i].first_place));
  }
  if (thin.size() > kShown) lines.push_back(fmt::format("and {} more", thin.size() - kShown));
  return invalid_argument(
      fmt::format("{}; at least {} are needed: add examples or remove the label", fmt::join(lines, "; "), min_examples),
      "label");
}

std::int64_t conflict_texts(const Survey& survey) {
  std::vector<CanonicalKey> keys;
  for (const Entry& entry : survey.entries()) {
    if (entry.verdict == Verdict::kConflict) keys.push_back(entry.key);
  }
  std::sort(keys.begin(), keys.end());
  return std::unique(keys.begin(), keys.end()) - keys.begin();
}

// Reads the spooled lines again, in the order of the entries, and sends each where its entry says.
Status distribute(const Survey& survey, const std::string& spool_path, DatasetBuilder& builder) {
  YUPU_ASSIGN_OR_RETURN(const auto blocks, FileBlocks::open(spool_path, spool_path));
  LineReader reader([&] { return blocks->next(); }, SIZE_MAX);
  Line line;
  for (const Entry& entry : survey.entries()) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(line));
    if (!any) return internal_error(spool_path + ": ended early");
    if (entry.verdict == Verdict::kKept) {
      line.text.push_back('\n');
      YUPU_RETURN_IF_ERROR(builder.add(entry.split, survey.labels()[entry.label], line.text));
      continue;
    }
    Reject reject = survey.reject_of(entry);
    YUPU_ASSIGN_OR_RETURN(const Json row, parse_json(line.text));
    YUPU_ASSIGN_OR_RETURN(const std::string text, json_string(row, "text", spool_path));
    reject.text = excerpt(text);
    YUPU_RETURN_IF_ERROR(builder.reject(reject));
  }
  return ok_status();
}

Status nothing_left(const ImportOptions& options, const Survey& survey,
                    const std::map<std::string, std::int64_t>& rejects, const std::string& first) {
  std::vector<std::string> parts;
  parts.reserve(rejects.size());
  for (const auto& [reason, count] : rejects) parts.push_back(fmt::format("{} {}", count, reason));
  return invalid_argument(fmt::format("dataset '{}': none of {} rows can be used{}{}{}{}", options.name,
                                      survey.rows_read(), parts.empty() ? "" : " (", fmt::join(parts, ", "),
                                      parts.empty() ? "" : ")", first.empty() ? "" : "; first: " + first));
}

}  // namespace

Result<handoff::Record> import_dataset(const ImportOptions& options, const std::string& workdir, store::Store& store,
                                       const Clock& clock, handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(auto sources, checked_sources(options));
  YUPU_ASSIGN_OR_RETURN(const auto builder, DatasetBuilder::create(workdir));
  const std::string spool_path = builder->staging() + "/rows.spool";
  YUPU_ASSIGN_OR_RETURN(FileWriter spool, FileWriter::create(spool_path));
  Survey survey(std::move(sources), {.text_bytes_max = options.text_bytes_max, .mask = options.mask});
  std::string first_reject;
  YUPU_RETURN_IF_ERROR(survey.collect([&](const handoff::Row& row, std::size_t) { return spool.write(row_line(row)); },
                                      [&](const Reject& reject) {
                                        if (first_reject.empty()) {
                                          first_reject =
                                              fmt::format("{}: line {}: {}", reject.file, reject.line, reject.detail);
                                        }
                                        return builder->reject(reject);
                                      },
                                      progress));
  YUPU_RETURN_IF_ERROR(spool.close());
  survey.judge();
  if (survey.entries().empty()) return nothing_left(options, survey, builder->reject_counts(), first_reject);
  YUPU_RETURN_IF_ERROR(
      thin_label_error(survey.thin_labels(options.min_examples_per_label), options.min_examples_per_label));
  survey.place(options.seed, {options.valid_fraction, options.test_fraction});
  YUPU_RETURN_IF_ERROR(distribute(survey, spool_path, *builder));
  YUPU_RETURN_IF_ERROR(remove_tree(spool_path));
  const bool any_kept = std::any_of(survey.entries().begin(), survey.entries().end(),
                                    [](const Entry& entry) { return entry.verdict == Verdict::kKept; });
  if (!any_kept) return nothing_left(options, survey, builder->reject_counts(), first_reject);
  Json more = {
      {"split",
       {{"seed", options.seed}, {"valid_fraction", options.valid_fraction}, {"test_fraction", options.test_fraction}}}};
  if (!options.mask.empty()) more["masked"] = options.mask.names();
  return builder->finish({.name = options.name,
                          .parents = options.parents,
                          .source_sha256 = survey.source_sha256(),
                          .conflict_count = conflict_texts(survey),
                          .more = std::move(more)},
                         store, clock);
}

namespace {

Json reject_json(const Reject& reject) {
  return {{"file", reject.file},     {"line", reject.line},   {"reason", reject.reason},
          {"detail", reject.detail}, {"label", reject.label}, {"text", reject.text}};
}

// Judged rows to show, with their texts, which only a second reading has.
Status add_judged_examples(const Survey& survey, const CleanLimits& limits, Json& examples) {
  std::map<std::size_t, Reject> wanted;
  std::map<Verdict, std::size_t> counts;
  for (std::size_t i = 0; i < survey.entries().size(); ++i) {
    const Entry& entry = survey.entries()[i];
    if (entry.verdict != Verdict::kKept && counts[entry.verdict]++ < kExamplesMax) wanted[i] = survey.reject_of(entry);
  }
  if (wanted.empty()) return ok_status();
  handoff::SilentProgress silent;
  Survey again(survey.sources(), limits);
  YUPU_RETURN_IF_ERROR(again.collect(
      [&](const handoff::Row& row, std::size_t index) {
        const auto it = wanted.find(index);
        if (it != wanted.end()) it->second.text = excerpt(row.text);
        return ok_status();
      },
      [](const Reject&) { return ok_status(); }, silent));
  for (const auto& [index, reject] : wanted) examples.push_back(reject_json(reject));
  return ok_status();
}

}  // namespace

Result<Json> check_sources(const ImportOptions& options, handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(auto sources, checked_sources(options));
  const CleanLimits limits{.text_bytes_max = options.text_bytes_max, .mask = options.mask};
  Survey survey(std::move(sources), limits);
  std::map<std::string, std::int64_t> rejects;
  Json examples = Json::array();
  YUPU_RETURN_IF_ERROR(survey.collect([](const handoff::Row&, std::size_t) { return ok_status(); },
                                      [&](const Reject& reject) {
                                        const auto seen = ++rejects[std::string(reject.reason)];
                                        if (seen <= static_cast<std::int64_t>(kExamplesMax))
                                          examples.push_back(reject_json(reject));
                                        return ok_status();
                                      },
                                      progress));
  const bool all_readable = rejects.empty();
  survey.judge();
  const auto thin = survey.thin_labels(options.min_examples_per_label);
  survey.place(options.seed, {options.valid_fraction, options.test_fraction});
  std::map<std::string, std::int64_t> labels, splits;
  for (const Entry& entry : survey.entries()) {
    if (entry.verdict != Verdict::kKept) {
      ++rejects[std::string(survey.reject_of(entry).reason)];
      continue;
    }
    ++labels[survey.labels()[entry.label]];
    ++splits[std::string(split_name(entry.split))];
  }
  YUPU_RETURN_IF_ERROR(add_judged_examples(survey, limits, examples));
  Json thin_json = Json::array();
  for (const auto& label : thin) {
    thin_json.push_back({{"label", label.label}, {"examples", label.example_count}, {"first", label.first_place}});
  }
  const std::int64_t conflicts = conflict_texts(survey);
  const auto count = [&](const char* reason) { return rejects.contains(reason) ? rejects[reason] : 0; };
  return Json{{"ok", all_readable && conflicts == 0 && count("leakage") == 0 && thin.empty()},
              {"rows", survey.rows_read()},
              {"labels", labels},
              {"rejects", rejects},
              {"examples", examples},
              {"duplicates", count("duplicate")},
              {"conflicts", conflicts},
              {"leakage", count("leakage")},
              {"thin_labels", thin_json},
              {"splits", splits}};
}

}  // namespace yupu::data
