#include "data/dataset/survey.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>

#include "data/acquire/files/importers.h"
#include "data/rows.h"
#include "text/personal/mask.h"

namespace yupu::data {
namespace {

constexpr std::size_t kLabelsMax = 10'000;
constexpr std::int64_t kRowsPerUpdate = 4096;

// Which of two rows with one text stays: placed before unplaced, and what is measured on before what is learned from.
int standing(Split split) {
  switch (split) {
    case Split::kTest:
      return 3;
    case Split::kValid:
      return 2;
    case Split::kTrain:
      return 1;
    case Split::kNone:
      return 0;
  }
  return 0;
}

std::int64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

}  // namespace

Result<std::uint32_t> Survey::label_index(const std::string& label) {
  const auto [it, added] = label_indices_.try_emplace(label, static_cast<std::uint32_t>(labels_.size()));
  if (added) {
    if (labels_.size() == kLabelsMax) {
      return invalid_argument(fmt::format("more than {} labels; is this the label column?", kLabelsMax), "label");
    }
    labels_.push_back(label);
  }
  return it->second;
}

Status Survey::collect(const RowSink& on_row, const RejectSink& on_reject, handoff::Progress& progress) {
  std::int64_t bytes_total = 0;
  for (const ImportSource& source : sources_) bytes_total += file_bytes(source.path);
  progress.begin("read (kB)", bytes_total / 1024, 0);
  std::int64_t bytes_before = 0;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    YUPU_RETURN_IF_ERROR(collect_source(i, bytes_before, on_row, on_reject, progress));
    bytes_before += file_bytes(sources_[i].path);
  }
  progress.end(fmt::format("{} rows", rows_read_));
  return ok_status();
}

Status Survey::collect_source(std::size_t source_index, std::int64_t bytes_before, const RowSink& on_row,
                              const RejectSink& on_reject, handoff::Progress& progress) {
  const ImportSource& source = sources_[source_index];
  YUPU_ASSIGN_OR_RETURN(const auto reader, open_rows(source));
  RawRow raw;
  handoff::Row row;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader->next(raw));
    if (!any) break;
    if (++rows_read_ % kRowsPerUpdate == 0) {
      progress.update((bytes_before + reader->bytes_read()) / 1024, fmt::format("{} rows", rows_read_));
    }
    std::optional<Problem> problem = to_row(raw, source, limits_, row);
    const auto split = parse_split(source.fixed_split.empty() ? raw.split : source.fixed_split);
    if (!problem && !split) {
      problem = Problem{"bad_split", fmt::format("'{}' is not train, valid or test", excerpt(raw.split)), "split"};
    }
    if (problem) {
      YUPU_RETURN_IF_ERROR(on_reject({.file = source.shown(),
                                      .line = raw.line,
                                      .reason = problem->reason,
                                      .detail = problem->detail,
                                      .label = excerpt(text::mask_personal_data(raw.label, limits_.mask)),
                                      .text = excerpt(text::mask_personal_data(raw.text, limits_.mask))}));
      continue;
    }
    auto label = label_index(row.label);
    if (!label.ok()) return label.status().with_context(fmt::format("{}: line {}", source.shown(), raw.line));
    if (entries_.size() >= UINT32_MAX || raw.line > std::int64_t{UINT32_MAX}) {
      return {Code::kTooLarge, fmt::format("{}: line {}: more rows than one dataset takes", source.shown(), raw.line)};
    }
    YUPU_RETURN_IF_ERROR(on_row(row, entries_.size()));
    entries_.push_back({.key = canonical_key(row.text),
                        .line = static_cast<std::uint32_t>(raw.line),
                        .label = *label,
                        .other = 0,
                        .source = static_cast<std::uint16_t>(source_index),
                        .split = *split,
                        .verdict = Verdict::kKept});
  }
  source_sha256_[source.shown()] = reader->sha256();
  return ok_status();
}

void Survey::judge() {
  std::vector<std::uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return entries_[a].key != entries_[b].key ? entries_[a].key < entries_[b].key : a < b;
  });
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && entries_[order[end]].key == entries_[order[begin]].key) ++end;
    if (end - begin > 1) judge_group(order.data() + begin, order.data() + end);
    begin = end;
  }
}

void Survey::judge_group(const std::uint32_t* begin, const std::uint32_t* end) {
  const std::uint32_t first_label = entries_[*begin].label;
  const auto* contrary =
      std::find_if(begin, end, [&](std::uint32_t index) { return entries_[index].label != first_label; });
  if (contrary != end) {
    for (const auto* it = begin; it != end; ++it) {
      entries_[*it].verdict = Verdict::kConflict;
      entries_[*it].other = entries_[*it].label == first_label ? *contrary : *begin;
    }
    return;
  }
  const std::uint32_t stays = *std::max_element(begin, end, [this](std::uint32_t a, std::uint32_t b) {
    return standing(entries_[a].split) < standing(entries_[b].split);  // the first of the highest
  });
  const bool measured_on = entries_[stays].split == Split::kTest || entries_[stays].split == Split::kValid;
  for (const auto* it = begin; it != end; ++it) {
    if (*it == stays) continue;
    Entry& entry = entries_[*it];
    entry.verdict = measured_on && entry.split != entries_[stays].split ? Verdict::kLeakage : Verdict::kDuplicate;
    entry.other = stays;
  }
}

void Survey::place(std::uint64_t seed, const SplitFractions& fractions) {
  std::vector<std::vector<std::uint32_t>> unplaced(labels_.size());
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].verdict == Verdict::kKept && entries_[i].split == Split::kNone)
      unplaced[entries_[i].label].push_back(i);
  }
  for (std::vector<std::uint32_t>& rows : unplaced) {
    std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint64_t rank_a = split_rank(seed, entries_[a].key);
      const std::uint64_t rank_b = split_rank(seed, entries_[b].key);
      return rank_a != rank_b ? rank_a < rank_b : entries_[a].key < entries_[b].key;
    });
    const SplitCounts counts = split_counts(static_cast<std::int64_t>(rows.size()), fractions);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto rank = static_cast<std::int64_t>(i);
      entries_[rows[i]].split = rank < counts.test                  ? Split::kTest
                                : rank < counts.test + counts.valid ? Split::kValid
                                                                    : Split::kTrain;
    }
  }
}

std::string Survey::place_of(const Entry& entry) const {
  return fmt::format("{}:{}", sources_[entry.source].shown(), entry.line);
}

Reject Survey::reject_of(const Entry& entry) const {
  const Entry& other = entries_[entry.other];
  Reject reject{.file = sources_[entry.source].shown(),
                .line = entry.line,
                .reason = {},
                .detail = {},
                .label = labels_[entry.label],
                .text = {}};
  switch (entry.verdict) {
    case Verdict::kConflict:
      reject.reason = "conflict";
      reject.detail = fmt::format("the same text is '{}' here and '{}' at {}", labels_[entry.label],
                                  labels_[other.label], place_of(other));
      break;
    case Verdict::kLeakage:
      reject.reason = "leakage";
      reject.detail = fmt::format("the text is in the {} set, at {}", split_name(other.split), place_of(other));
      break;
    case Verdict::kDuplicate:
    case Verdict::kKept:
      reject.reason = "duplicate";
      reject.detail = fmt::format("the same text and label at {}", place_of(other));
      break;
  }
  return reject;
}

std::vector<Survey::ThinLabel> Survey::thin_labels(std::int64_t min_examples) const {
  std::vector<ThinLabel> counts(labels_.size());
  for (const Entry& entry : entries_) {
    ThinLabel& thin = counts[entry.label];
    if (thin.first_place.empty()) {
      thin.first_place = place_of(entry);
      thin.label = labels_[entry.label];
    }
    const bool trained_on = entry.split == Split::kTrain || entry.split == Split::kNone;
    if (entry.verdict == Verdict::kKept && trained_on) ++thin.example_count;
  }
  std::erase_if(counts, [&](const ThinLabel& thin) {
    return thin.example_count >= min_examples || thin.label.empty() || thin.label == handoff::kOutOfScope;
  });
  return counts;
}

}  // namespace yupu::data
