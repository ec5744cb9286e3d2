#include "data/inspect.h"

#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/clean/clean.h"
#include "data/import.h"
#include "data/rows.h"
#include "data/split/split.h"

namespace yupu::data {
namespace {

constexpr std::size_t kSamples = 3;
constexpr std::size_t kExamplesMax = 20;
constexpr std::array kSplits = {Split::kTrain, Split::kValid, Split::kTest};

Result<handoff::Dataset> body_of(const handoff::Record& record) {
  if (record.kind != "dataset")
    return invalid_argument(fmt::format("{} is a {}, a dataset was expected", record.id, record.kind));
  return handoff::Dataset::from_json(record.body);
}

std::string split_path(const std::string& workdir, const handoff::Dataset& dataset, Split split) {
  return fmt::format("{}/{}/{}.jsonl", workdir, dataset.directory, split_name(split));
}

Json row_json(const handoff::Row& row) {
  return {{"text", excerpt(row.text)}, {"label", row.label}, {"lang", row.lang}, {"source", row.source}};
}

struct Known {
  std::string label;
  Split split = Split::kTrain;
  bool seen = false;
};
using KnownRows = std::unordered_map<CanonicalKey, Known, CanonicalKeyHash>;

// Counts and examples of one kind of change.
struct Changes {
  std::int64_t count = 0;
  Json examples = Json::array();
  void add(Json example) {
    if (++count <= static_cast<std::int64_t>(kExamplesMax)) examples.push_back(std::move(example));
  }
};

}  // namespace

Result<Json> show(const handoff::Record& dataset, const std::string& workdir) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Dataset body, body_of(dataset));
  std::map<std::string, std::map<std::string, std::int64_t>> labels;
  std::map<std::string, std::int64_t> languages;
  Json samples = Json::object();
  for (const Split split : kSplits) {
    const std::string name(split_name(split));
    Json first = Json::array();
    YUPU_RETURN_IF_ERROR(for_each_row(split_path(workdir, body, split), [&](const handoff::Row& row) {
      ++labels[row.label][name];
      ++languages[row.lang];
      if (first.size() < kSamples) first.push_back(row_json(row));
      return ok_status();
    }));
    samples[name] = std::move(first);
  }
  return Json{{"id", dataset.id},
              {"name", dataset.name},
              {"created", format_utc(dataset.created_ns)},
              {"parents", dataset.parents},
              {"directory", body.directory},
              {"splits", body.row_counts},
              {"labels", labels},
              {"languages", languages},
              {"rejects", dataset.body.value("rejects", Json::object())},
              {"samples", samples},
              {"sources", body.source_sha256}};
}

Result<Json> check(const handoff::Record& dataset, const std::string& workdir, std::int64_t min_examples_per_label) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Dataset body, body_of(dataset));
  Json problems = Json::array();
  Json files = Json::object();
  const Json recorded = dataset.body.value("files", Json::object());
  bool readable = true;
  for (const auto& [file, sha256] : recorded.items()) {
    const auto now = file_sha256(fmt::format("{}/{}/{}", workdir, body.directory, file));
    const bool same = now.ok() && sha256 == now.value();
    files[file] = same ? "as recorded" : now.ok() ? "changed" : "missing";
    readable = readable && now.ok();
    if (!same)
      problems.push_back(
          fmt::format("{}/{} is {}", body.directory, file, now.ok() ? "not what was recorded" : "missing"));
  }
  Json found = {{"rows", 0},
                {"duplicates", 0},
                {"conflicts", 0},
                {"leakage", 0},
                {"thin_labels", Json::array()},
                {"examples", Json::array()},
                {"rejects", Json::object()}};
  if (readable) {
    ImportOptions options{.name = dataset.name,
                          .sources = {},
                          .min_examples_per_label = min_examples_per_label,
                          .text_bytes_max = SIZE_MAX,
                          .parents = {}};
    for (const Split split : kSplits) {
      options.sources.push_back({.path = split_path(workdir, body, split),
                                 .name = std::string(split_name(split)) + ".jsonl",
                                 .label_column = body.label_counts.empty() ? "" : "label",
                                 .split_column = {},
                                 .fixed_label = {},
                                 .fixed_split = std::string(split_name(split))});
    }
    handoff::SilentProgress silent;
    YUPU_ASSIGN_OR_RETURN(found, check_sources(options, silent));
  }
  for (const char* kind : {"duplicates", "conflicts", "leakage"}) {
    if (found[kind] != 0) problems.push_back(fmt::format("{} {}", to_text(found[kind]), kind));
  }
  for (const Json& thin : found["thin_labels"]) {
    problems.push_back(fmt::format("label '{}' has {} to train on", thin["label"].get_ref<const std::string&>(),
                                   thin["examples"].get<std::int64_t>()));
  }
  const bool ok = problems.empty() && readable && found.value("ok", false);
  return Json{{"id", dataset.id},
              {"ok", ok},
              {"problems", problems},
              {"files", files},
              {"rows", found["rows"]},
              {"duplicates", found["duplicates"]},
              {"conflicts", found["conflicts"]},
              {"leakage", found["leakage"]},
              {"thin_labels", found["thin_labels"]},
              {"examples", found["examples"]}};
}

Result<Json> diff(const handoff::Record& from, const handoff::Record& to, const std::string& workdir) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Dataset before, body_of(from));
  YUPU_ASSIGN_OR_RETURN(const handoff::Dataset after, body_of(to));
  KnownRows known;
  for (const Split split : kSplits) {
    YUPU_RETURN_IF_ERROR(for_each_row(split_path(workdir, before, split), [&](const handoff::Row& row) {
      known[canonical_key(row.text)] = {.label = row.label, .split = split, .seen = false};
      return ok_status();
    }));
  }
  Changes added, removed, relabelled, moved;
  std::int64_t unchanged = 0;
  for (const Split split : kSplits) {
    const std::string name(split_name(split));
    YUPU_RETURN_IF_ERROR(for_each_row(split_path(workdir, after, split), [&](const handoff::Row& row) {
      const auto it = known.find(canonical_key(row.text));
      if (it == known.end()) {
        added.add({{"text", excerpt(row.text)}, {"label", row.label}, {"split", name}});
        return ok_status();
      }
      it->second.seen = true;
      if (it->second.label != row.label) {
        relabelled.add({{"text", excerpt(row.text)}, {"from", it->second.label}, {"to", row.label}, {"split", name}});
      } else if (it->second.split != split) {
        moved.add(
            {{"text", excerpt(row.text)}, {"label", row.label}, {"from", split_name(it->second.split)}, {"to", name}});
      } else {
        ++unchanged;
      }
      return ok_status();
    }));
  }
  for (const Split split : kSplits) {
    YUPU_RETURN_IF_ERROR(for_each_row(split_path(workdir, before, split), [&](const handoff::Row& row) {
      if (!known[canonical_key(row.text)].seen) {
        removed.add({{"text", excerpt(row.text)}, {"label", row.label}, {"split", split_name(split)}});
      }
      return ok_status();
    }));
  }
  Json labels = Json::object();
  for (const auto& [label, count] : before.label_counts) labels[label] = {{"from", count}, {"to", 0}};
  for (const auto& [label, count] : after.label_counts) {
    if (!labels.contains(label)) labels[label] = {{"from", 0}};
    labels[label]["to"] = count;
  }
  return Json{{"from", from.id},
              {"to", to.id},
              {"added", added.count},
              {"removed", removed.count},
              {"relabelled", relabelled.count},
              {"moved", moved.count},
              {"unchanged", unchanged},
              {"labels", labels},
              {"examples",
               {{"added", added.examples},
                {"removed", removed.examples},
                {"relabelled", relabelled.examples},
                {"moved", moved.examples}}}};
}

}  // namespace yupu::data
