#include "data/next_version.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "data/clean/clean.h"
#include "data/dataset/builder.h"
#include "data/rows.h"
#include "text/personal/mask.h"

namespace yupu::data {
namespace {

struct Addition {
  handoff::Row row;
  bool taken = true;
  bool replaces = false;
};
using Additions = std::vector<Addition>;
using ByText = std::unordered_map<CanonicalKey, std::size_t, CanonicalKeyHash>;  // text -> index of the addition

class Collector {
 public:
  Collector(DatasetBuilder& builder, NextVersion& next) : builder_(builder), next_(next) {
    next_.report["rejects"] = Json::array();
  }
  Status reject(const handoff::Row& row, std::string_view reason, std::string detail) {
    // "data/train.csv:17" names file and line; "feedback:fb_1" stays whole, with line 0.
    Reject reject{.file = row.source,
                  .line = 0,
                  .reason = reason,
                  .detail = std::move(detail),
                  .label = row.label,
                  .text = excerpt(row.text)};
    const std::size_t colon = row.source.rfind(':');
    if (colon != std::string::npos && colon + 1 < row.source.size() && row.source.size() - colon < 12 &&
        row.source.find_first_not_of("0123456789", colon + 1) == std::string::npos) {
      reject.file = row.source.substr(0, colon);
      reject.line = std::stoll(row.source.substr(colon + 1));
    }
    next_.report["rejects"].push_back({{"file", reject.file},
                                       {"line", reject.line},
                                       {"reason", reason},
                                       {"detail", reject.detail},
                                       {"label", reject.label},
                                       {"text", reject.text}});
    return builder_.reject(reject);
  }
  Status refuse(Addition& addition, std::string_view reason, std::string detail) {
    addition.taken = false;
    ++(reason == "duplicate" ? next_.duplicate_count : next_.refused_count);
    return reject(addition.row, reason, std::move(detail));
  }

 private:
  DatasetBuilder& builder_;
  NextVersion& next_;
};

// What an addition may be labelled with.
struct Labels {
  const handoff::Dataset& base;
  const std::set<std::string>& opened;
  bool in_base(const std::string& label) const {
    return label == handoff::kOutOfScope || std::binary_search(base.labels.begin(), base.labels.end(), label);
  }
};

// Cleans the additions and settles what they say among themselves.
Status settle_additions(Additions& additions, const Labels& labels, const CleanLimits& limits, Collector& collector,
                        ByText& by_text) {
  for (Addition& addition : additions) {
    handoff::Row& row = addition.row;
    auto problem = clean_text(row.text, limits);
    if (!problem) problem = clean_label(row.label);
    if (!problem) problem = clean_lang(row.lang);
    if (problem) {
      row.text = text::mask_personal_data(row.text, limits.mask);  // as it stands among the rejects
      YUPU_RETURN_IF_ERROR(collector.refuse(addition, problem->reason, problem->detail));
    } else if (!labels.in_base(row.label) && !labels.opened.contains(row.label)) {
      YUPU_RETURN_IF_ERROR(
          collector.refuse(addition, "unknown_label", fmt::format("'{}' is no label of the dataset", row.label)));
    }
  }
  std::unordered_map<CanonicalKey, std::vector<std::size_t>, CanonicalKeyHash> groups;
  std::vector<CanonicalKey> order;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    if (!additions[i].taken) continue;
    auto& group = groups[canonical_key(additions[i].row.text)];
    if (group.empty()) order.push_back(canonical_key(additions[i].row.text));
    group.push_back(i);
  }
  for (const CanonicalKey& key : order) {
    const std::vector<std::size_t>& group = groups[key];
    const handoff::Row& first = additions[group[0]].row;
    const auto contrary =
        std::find_if(group.begin(), group.end(), [&](std::size_t i) { return additions[i].row.label != first.label; });
    for (std::size_t i = 0; i < group.size(); ++i) {
      Addition& addition = additions[group[i]];
      if (contrary != group.end()) {
        const handoff::Row& other = addition.row.label == first.label ? additions[*contrary].row : first;
        YUPU_RETURN_IF_ERROR(collector.refuse(
            addition, "conflict",
            fmt::format("the same text is '{}' here and '{}' at {}", addition.row.label, other.label, other.source)));
      } else if (i > 0) {
        YUPU_RETURN_IF_ERROR(
            collector.refuse(addition, "duplicate", fmt::format("the same text and label at {}", first.source)));
      }
    }
    if (contrary == group.end()) by_text[key] = group[0];
  }
  return ok_status();
}

// Refuses what is left of new labels that came to too few texts.
Status refuse_thin_labels(Additions& additions, const Labels& labels, Collector& collector) {
  std::map<std::string, std::int64_t> text_counts;
  for (const Addition& addition : additions) {
    if (addition.taken && !labels.in_base(addition.row.label)) ++text_counts[addition.row.label];
  }
  for (Addition& addition : additions) {
    if (!addition.taken || labels.in_base(addition.row.label)) continue;
    const std::int64_t count = text_counts[addition.row.label];
    if (count >= kNewLabelRowsMin) continue;
    YUPU_RETURN_IF_ERROR(collector.refuse(
        addition, "thin_label",
        fmt::format("'{}' is new and has {} text, {} are needed", addition.row.label, count, kNewLabelRowsMin)));
  }
  return ok_status();
}

// Copies valid and test as they are and refuses the additions found there.
Status copy_measured(const std::string& directory, Split split, Additions& additions, const ByText& by_text,
                     Collector& collector, DatasetBuilder& builder) {
  return for_each_row(fmt::format("{}/{}.jsonl", directory, split_name(split)), [&](const handoff::Row& row) -> Status {
    const auto it = by_text.find(canonical_key(row.text));
    if (it != by_text.end() && additions[it->second].taken) {
      YUPU_RETURN_IF_ERROR(
          collector.refuse(additions[it->second], split == Split::kTest ? "in_test" : "in_valid",
                           fmt::format("the text is in the {} set ({})", split_name(split), row.source)));
    }
    return builder.add(split, row.label, row_line(row));
  });
}

Status copy_train(const std::string& directory, const std::set<std::string>& forgotten, Additions& additions,
                  const ByText& by_text, NextVersion& next, Collector& collector, DatasetBuilder& builder) {
  return for_each_row(directory + "/train.jsonl", [&](const handoff::Row& row) -> Status {
    if (forgotten.contains(row.source)) {
      ++next.forgotten_count;
      return ok_status();
    }
    const auto it = by_text.find(canonical_key(row.text));
    if (it == by_text.end() || !additions[it->second].taken)
      return builder.add(Split::kTrain, row.label, row_line(row));
    Addition& addition = additions[it->second];
    if (addition.row.label == row.label) {
      YUPU_RETURN_IF_ERROR(
          collector.refuse(addition, "duplicate", fmt::format("the same text and label at {}", row.source)));
      return builder.add(Split::kTrain, row.label, row_line(row));
    }
    addition.replaces = true;
    ++next.superseded_count;
    return collector.reject(
        row, "superseded",
        fmt::format("'{}' here, corrected to '{}' by {}", row.label, addition.row.label, addition.row.source));
  });
}

}  // namespace

Result<NextVersion> next_version(const handoff::Record& base, std::vector<handoff::Row> additions,
                                 const NextVersionOptions& options, const std::string& workdir, store::Store& store,
                                 const Clock& clock) {
  if (base.kind != "dataset")
    return invalid_argument(fmt::format("{} is a {}, a dataset was expected", base.id, base.kind));
  YUPU_ASSIGN_OR_RETURN(const handoff::Dataset dataset, handoff::Dataset::from_json(base.body));
  const std::string directory = workdir + "/" + dataset.directory;
  YUPU_ASSIGN_OR_RETURN(const auto builder, DatasetBuilder::create(workdir));

  NextVersion next;
  Collector collector(*builder, next);
  Additions pending;
  pending.reserve(additions.size());
  for (handoff::Row& row : additions) pending.push_back({.row = std::move(row)});
  ByText by_text;
  const Labels labels{dataset, options.new_labels};
  YUPU_RETURN_IF_ERROR(settle_additions(
      pending, labels, {.text_bytes_max = options.text_bytes_max, .mask = options.mask}, collector, by_text));
  for (const Split split : {Split::kTest, Split::kValid}) {
    YUPU_RETURN_IF_ERROR(copy_measured(directory, split, pending, by_text, collector, *builder));
  }
  YUPU_RETURN_IF_ERROR(refuse_thin_labels(pending, labels, collector));
  YUPU_RETURN_IF_ERROR(copy_train(directory, options.forgotten, pending, by_text, next, collector, *builder));
  for (const Addition& addition : pending) {
    if (!addition.taken) continue;
    ++next.added_count;
    YUPU_RETURN_IF_ERROR(builder->add(Split::kTrain, addition.row.label, row_line(addition.row)));
  }
  next.report["added"] = next.added_count;
  next.report["superseded"] = next.superseded_count;
  next.report["duplicates"] = next.duplicate_count;
  next.report["refused"] = next.refused_count;
  if (next.forgotten_count > 0) next.report["forgotten"] = next.forgotten_count;
  if (next.added_count == 0 && next.forgotten_count == 0) {
    next.record = base;
    return next;
  }
  std::vector<std::string> parents = {base.id};
  parents.insert(parents.end(), options.parents.begin(), options.parents.end());
  Json more = {{"base", base.id}};
  for (const char* kept : {"split", "masked"}) {
    if (base.body.contains(kept)) more[kept] = base.body[kept];
  }
  YUPU_ASSIGN_OR_RETURN(next.record, builder->finish({.name = base.name,
                                                      .parents = std::move(parents),
                                                      .source_sha256 = dataset.source_sha256,
                                                      .conflict_count = next.superseded_count,
                                                      .more = std::move(more)},
                                                     store, clock));
  return next;
}

}  // namespace yupu::data
