#include "data/check/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/hash.h"
#include "data/check/cross_validation.h"
#include "data/clean/clean.h"
#include "data/dataset/survey.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

// The rows of all sources, judged, with their texts.
struct Rows {
  Survey survey;
  std::vector<std::string> texts;  // by entry
};

const std::string& label_of(const Rows& rows, std::size_t i) {
  return rows.survey.labels()[rows.survey.entries()[i].label];
}

Finding finding_at(const Rows& rows, std::size_t i, std::string kind, Severity severity, std::string detail) {
  const Entry& entry = rows.survey.entries()[i];
  return {.kind = std::move(kind),
          .severity = severity,
          .file = rows.survey.sources()[entry.source].shown(),
          .line = entry.line,
          .label = label_of(rows, i),
          .detail = std::move(detail),
          .text = excerpt(rows.texts[i])};
}

Result<Rows> read_judged(const CheckOptions& options, std::vector<Finding>& findings, handoff::Progress& progress) {
  Rows rows{
      Survey(options.import.sources, {.text_bytes_max = options.import.text_bytes_max, .mask = options.import.mask}),
      {}};
  YUPU_RETURN_IF_ERROR(rows.survey.collect(
      [&](const handoff::Row& row, std::size_t) {
        rows.texts.push_back(row.text);
        return ok_status();
      },
      [&](const Reject& reject) {
        findings.push_back({.kind = std::string(reject.reason),
                            .severity = Severity::kError,
                            .file = reject.file,
                            .line = reject.line,
                            .label = reject.label,
                            .detail = reject.detail,
                            .text = reject.text});
        return ok_status();
      },
      progress));
  rows.survey.judge();
  return rows;
}

void find_exact(const Rows& rows, const CheckOptions& options, std::vector<Finding>& findings) {
  const auto& entries = rows.survey.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].verdict == Verdict::kKept) continue;
    const Reject reject = rows.survey.reject_of(entries[i]);
    const Severity severity = entries[i].verdict == Verdict::kDuplicate ? Severity::kWarning : Severity::kError;
    findings.push_back(finding_at(rows, i, std::string(reject.reason), severity, reject.detail));
  }
  for (const auto& thin : rows.survey.thin_labels(options.import.min_examples_per_label)) {
    findings.push_back({.kind = "thin_label",
                        .severity = Severity::kError,
                        .file = thin.first_place,
                        .line = 0,
                        .label = thin.label,
                        .detail = fmt::format("label '{}' has {} to train on; at least {} are needed", thin.label,
                                              thin.example_count, options.import.min_examples_per_label),
                        .text = {}});
  }
}

// Among the rows that are exact in nothing.
void find_near(const Rows& rows, std::vector<Finding>& findings) {
  const auto& entries = rows.survey.entries();
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].verdict != Verdict::kKept) continue;
    std::string bare = bare_text(canonical_text(rows.texts[i]));
    if (bare.empty()) continue;
    const auto [it, fresh] = first.try_emplace(std::move(bare), i);
    if (fresh) continue;
    const Entry& other = entries[it->second];
    const std::string place = rows.survey.place_of(other);
    const std::string marks = "but for marks, spaces and case the text is that of ";
    if (other.label != entries[i].label) {
      findings.push_back(finding_at(
          rows, i, "near_conflict", Severity::kWarning,
          fmt::format("{}{}, which is '{}', not '{}'", marks, place, label_of(rows, it->second), label_of(rows, i))));
    } else if (other.split != entries[i].split) {
      findings.push_back(
          finding_at(rows, i, "near_leakage", Severity::kWarning, fmt::format("{}{}, in another split", marks, place)));
    } else {
      findings.push_back(finding_at(rows, i, "near_duplicate", Severity::kWarning, marks + place));
    }
  }
}

// The rows whose labels are checked: all that are kept but those no label fits, and only labels of two rows or more.
std::vector<std::size_t> checkable(const Rows& rows) {
  const auto& entries = rows.survey.entries();
  std::vector<std::int64_t> counts(rows.survey.labels().size(), 0);
  const auto counts_in = [&](std::size_t i) {
    return entries[i].verdict == Verdict::kKept && label_of(rows, i) != handoff::kOutOfScope &&
           !label_of(rows, i).empty();
  };
  for (std::size_t i = 0; i < entries.size(); ++i) counts[entries[i].label] += counts_in(i) ? 1 : 0;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (counts_in(i) && counts[entries[i].label] >= 2) chosen.push_back(i);
  }
  return chosen;
}

void add_label_findings(const Rows& rows, const std::vector<std::size_t>& chosen, const Probabilities& probabilities,
                        std::span<const std::int32_t> labels, const std::vector<std::uint32_t>& names,
                        std::vector<Finding>& findings) {
  const auto name = [&](std::int32_t label) -> const std::string& {
    return rows.survey.labels()[names[static_cast<std::size_t>(label)]];
  };
  const std::vector<LabelError> errors = find_label_errors(probabilities, labels);
  for (const Overlap& overlap : find_overlaps(probabilities, labels)) {
    findings.push_back(
        {.kind = "overlap",
         .severity = Severity::kWarning,
         .file = fmt::format("labels '{}' and '{}'", name(overlap.first), name(overlap.second)),
         .line = 0,
         .label = name(overlap.first),
         .detail = fmt::format("{} of their rows ({:.0f} %) look like the other's: merge them, or say more "
                               "clearly what parts them",
                               overlap.rows, 100.0 * overlap.share),
         .text = {}});
  }
  for (const LabelError& error : errors) {
    findings.push_back(
        finding_at(rows, chosen[error.row], "label_error", Severity::kWarning,
                   fmt::format("is '{}' ({:.2f}); rather '{}' ({:.2f})", name(labels[error.row]),
                               error.given_probability, name(error.suggested), error.suggested_probability)));
  }
}

// Returns what the report says of it.
std::string check_labels(const Rows& rows, const CheckOptions& options, std::vector<Finding>& findings) {
  if (!options.labels) return "not checked (switched off)";
  const std::vector<std::size_t> chosen = checkable(rows);
  if (static_cast<std::int64_t>(chosen.size()) > options.label_rows_max)
    return fmt::format("not checked ({} rows; at most {} are)", chosen.size(), options.label_rows_max);
  std::map<std::uint32_t, std::int32_t> dense;
  for (const std::size_t i : chosen) dense.try_emplace(rows.survey.entries()[i].label, 0);
  if (dense.size() < 2) return "not checked (fewer than two labels with two rows)";
  std::vector<std::uint32_t> names;
  for (auto& [label, index] : dense) {
    index = static_cast<std::int32_t>(names.size());
    names.push_back(label);
  }
  std::vector<std::string> texts;
  std::vector<std::int32_t> labels;
  std::vector<std::uint64_t> groups;
  for (const std::size_t i : chosen) {
    texts.push_back(rows.texts[i]);
    labels.push_back(dense.at(rows.survey.entries()[i].label));
    const std::string bare = bare_text(canonical_text(rows.texts[i]));
    groups.push_back(bare.empty() ? rows.survey.entries()[i].key.low : canonical_key(bare).low);
  }
  const CrossValidationOptions how{.seed = options.import.seed, .threads = options.threads};
  const Probabilities probabilities =
      cross_validated_probabilities(texts, labels, groups, static_cast<std::int64_t>(names.size()), how);
  add_label_findings(rows, chosen, probabilities, labels, names, findings);
  return fmt::format("{} folds over {} rows", how.folds, chosen.size());
}

}  // namespace

std::string bare_text(std::string_view canonical) {
  std::string bare;
  for (const char32_t c : text::decode_utf8(canonical).code_points) {
    const text::Category kind = text::category(c);
    const bool mark = kind == text::Category::kMarkNonspacing || kind == text::Category::kMarkOther;
    if (mark || kind == text::Category::kLetter || kind == text::Category::kNumber) text::append_utf8(bare, c);
  }
  return bare;
}

Result<CheckReport> check_before_training(const CheckOptions& options, handoff::Progress& progress) {
  CheckReport report;
  YUPU_ASSIGN_OR_RETURN(report.summary, check_sources(options.import, progress));
  handoff::SilentProgress silent;
  YUPU_ASSIGN_OR_RETURN(const Rows rows, read_judged(options, report.findings, silent));
  report.rows = rows.survey.rows_read();
  find_exact(rows, options, report.findings);
  find_near(rows, report.findings);
  report.label_check = check_labels(rows, options, report.findings);
  return report;
}

}  // namespace yupu::data
