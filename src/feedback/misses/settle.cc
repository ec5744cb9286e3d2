#include "feedback/misses/settle.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "feedback/feedback.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "text/unicode.h"

namespace yupu::feedback {
namespace {

using store::Transaction;

Status check_choice(const MissChoice& choice) {
  if (choice.trace_ids.empty()) return invalid_argument("traces is empty: name the misses", "traces");
  if (choice.trace_ids.size() > kTracesMax) {
    return {Code::kTooLarge,
            fmt::format("{} traces, at most {} are settled at once", choice.trace_ids.size(), kTracesMax), "traces"};
  }
  return ok_status();
}

Status check_call(Transaction& transaction, const MissChoice& choice, const std::string& trace_id,
                  std::string_view field) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT 1 FROM trace WHERE trace_id = ? AND tenant_id = ? AND model = ?",
                                          {trace_id, choice.tenant_id, choice.model}));
  if (!rows.empty()) return ok_status();
  return {Code::kNotFound, fmt::format("no trace '{}' of model '{}'", trace_id.substr(0, 64), choice.model),
          std::string(field)};
}

Status check_new_label(const std::string& label, const std::vector<std::string>& known) {
  if (label.empty() || label.size() > kIntentBytesMax || text::validate_utf8(label) ||
      text::collapse_whitespace(label) != label ||
      std::any_of(label.begin(), label.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return invalid_argument(
        fmt::format("a new intent has 1 to {} bytes, no control characters, no space at its ends or two in a row",
                    kIntentBytesMax),
        "intent");
  if (label == handoff::kOutOfScope || std::binary_search(known.begin(), known.end(), label))
    return {Code::kConflict, fmt::format("there is an intent '{}' already", label), "intent"};
  return ok_status();
}

// What it is settled as: an intent, or "" for ignored. Nothing: it is open.
Result<std::optional<std::string>> settled_as(Transaction& transaction, const MissChoice& choice,
                                              const std::string& trace_id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT label FROM miss_settled WHERE tenant_id = ? AND trace_id = ?",
                                          {choice.tenant_id, trace_id}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].text(0));
}

Status settle(Transaction& transaction, const Clock& clock, const MissChoice& choice, const std::string& trace_id,
              const std::string& label) {
  return transaction
      .execute(
          "INSERT INTO miss_settled (tenant_id, trace_id, label, settled_by, settled_ns) VALUES (?, ?, ?, ?, ?) ON "
          "CONFLICT (tenant_id, trace_id) DO UPDATE SET label = excluded.label, settled_by = excluded.settled_by, "
          "settled_ns = excluded.settled_ns",
          {choice.tenant_id, trace_id, label, choice.settled_by, clock.now_ns()})
      .status();
}

Status file_correction(Transaction& transaction, const Clock& clock, const MissChoice& choice,
                       const std::string& trace_id, const std::string& label) {
  handoff::Feedback correction;
  correction.tenant_id = choice.tenant_id;
  correction.trace_id = trace_id;
  correction.correction = label;
  return record_feedback(transaction, clock, std::move(correction), std::vector<std::string>{label}).status();
}

Status open_intent(Transaction& transaction, const Clock& clock, const MissChoice& choice, const std::string& label) {
  return transaction
      .execute("INSERT INTO new_intent (model, label, tenant_id, opened_ns) VALUES (?, ?, ?, ?)",
               {choice.model, label, choice.tenant_id, clock.now_ns()})
      .status();
}

}  // namespace

Result<std::set<std::string>> new_intents(store::Store& store, const std::string& model) {
  std::set<std::string> labels;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT label FROM new_intent WHERE model = ?", {model}));
    for (const store::Row& row : rows) labels.insert(row.text(0));
    return ok_status();
  }));
  return labels;
}

Result<std::vector<std::string>> known_intents(store::Store& store, const std::string& model) {
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store, model));
  if (!live) return not_found(fmt::format("model '{}' has no live release", model));
  YUPU_ASSIGN_OR_RETURN(const auto release_record, handoff::get_record(store, live->release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(release_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto run_record, handoff::get_record(store, release.run_id));
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto dataset_record, handoff::get_record(store, run.dataset_id));
  YUPU_ASSIGN_OR_RETURN(const auto dataset, handoff::Dataset::from_json(dataset_record.body));
  YUPU_ASSIGN_OR_RETURN(std::set<std::string> labels, new_intents(store, model));
  labels.insert(dataset.labels.begin(), dataset.labels.end());
  return std::vector<std::string>(labels.begin(), labels.end());
}

Result<std::int64_t> accept_misses(store::Store& store, const Clock& clock, const MissChoice& choice,
                                   const AcceptedIntent& intent) {
  YUPU_RETURN_IF_ERROR(check_choice(choice));
  YUPU_ASSIGN_OR_RETURN(const auto known, known_intents(store, choice.model));
  if (intent.is_new) {
    YUPU_RETURN_IF_ERROR(check_new_label(intent.label, known));
  } else if (intent.label != handoff::kOutOfScope && !std::binary_search(known.begin(), known.end(), intent.label)) {
    return invalid_argument(
        fmt::format("'{}' is none of the {} intents of '{}', nor {}; a new one is to be said so",
                    intent.label.substr(0, kIntentBytesMax), known.size(), choice.model, handoff::kOutOfScope),
        "intent");
  }
  std::int64_t settled = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    settled = 0;
    if (intent.is_new) YUPU_RETURN_IF_ERROR(open_intent(transaction, clock, choice, intent.label));
    for (const std::string& trace_id : choice.trace_ids) {
      YUPU_RETURN_IF_ERROR(check_call(transaction, choice, trace_id, "traces"));
      YUPU_ASSIGN_OR_RETURN(const auto before, settled_as(transaction, choice, trace_id));
      if (before == intent.label) continue;
      YUPU_RETURN_IF_ERROR(file_correction(transaction, clock, choice, trace_id, intent.label));
      YUPU_RETURN_IF_ERROR(settle(transaction, clock, choice, trace_id, intent.label));
      ++settled;
    }
    return ok_status();
  }));
  return settled;
}

Result<std::int64_t> ignore_misses(store::Store& store, const Clock& clock, const MissChoice& choice) {
  YUPU_RETURN_IF_ERROR(check_choice(choice));
  std::int64_t settled = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    settled = 0;
    for (const std::string& trace_id : choice.trace_ids) {
      YUPU_RETURN_IF_ERROR(check_call(transaction, choice, trace_id, "traces"));
      YUPU_ASSIGN_OR_RETURN(const auto before, settled_as(transaction, choice, trace_id));
      // What was accepted stays so: its correction may have been learned from.
      if (before) continue;
      YUPU_RETURN_IF_ERROR(settle(transaction, clock, choice, trace_id, ""));
      ++settled;
    }
    return ok_status();
  }));
  return settled;
}

Result<std::int64_t> merge_misses(store::Store& store, const Clock& clock, const MissChoice& choice,
                                  const std::string& into) {
  YUPU_RETURN_IF_ERROR(check_choice(choice));
  if (std::find(choice.trace_ids.begin(), choice.trace_ids.end(), into) != choice.trace_ids.end())
    return invalid_argument("into is one of the traces: name a miss of another cluster", "into");
  std::int64_t merged = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    merged = 0;
    YUPU_RETURN_IF_ERROR(check_call(transaction, choice, into, "into"));
    for (const std::string& trace_id : choice.trace_ids) {
      YUPU_RETURN_IF_ERROR(check_call(transaction, choice, trace_id, "traces"));
      YUPU_RETURN_IF_ERROR(
          transaction
              .execute("INSERT INTO miss_merge (tenant_id, trace_id, into_trace_id, merged_ns) VALUES (?, ?, ?, ?) ON "
                       "CONFLICT (tenant_id, trace_id) DO UPDATE SET into_trace_id = excluded.into_trace_id, merged_ns "
                       "= excluded.merged_ns",
                       {choice.tenant_id, trace_id, into, clock.now_ns()})
              .status());
      ++merged;
    }
    return ok_status();
  }));
  return merged;
}

Status forget_settled(Transaction& transaction, const std::string& tenant_id, std::span<const std::string> trace_ids) {
  for (const std::string& trace_id : trace_ids) {
    YUPU_RETURN_IF_ERROR(
        transaction.execute("DELETE FROM miss_settled WHERE tenant_id = ? AND trace_id = ?", {tenant_id, trace_id})
            .status());
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("DELETE FROM miss_merge WHERE tenant_id = ? AND (trace_id = ? OR into_trace_id = "
                                      "?)",
                                      {tenant_id, trace_id, trace_id})
                             .status());
  }
  return ok_status();
}

}  // namespace yupu::feedback
