#include <algorithm>

#include <fmt/format.h>

#include "base/ids.h"
#include "feedback/feedback.h"

namespace yupu::feedback {
namespace {

using store::Value;

bool is_utf8(std::string_view text) {
  // The strict JSON parser is base's judge of UTF-8; quotes and control characters are escaped away first.
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    quoted.push_back(byte < 0x20 || c == '"' || c == '\\' ? ' ' : c);
  }
  return parse_json(quoted + "\"").ok();
}

Status check(const handoff::Feedback& feedback, std::span<const std::string> known_labels) {
  if (feedback.rating && *feedback.rating != 1 && *feedback.rating != -1) {
    return invalid_argument(fmt::format("rating {} must be 1 or -1", *feedback.rating), "rating");
  }
  if (feedback.correction && *feedback.correction != handoff::kOutOfScope &&
      std::find(known_labels.begin(), known_labels.end(), *feedback.correction) == known_labels.end()) {
    return invalid_argument(fmt::format("correction '{}' is none of the model's {} labels, nor {}",
                                        feedback.correction->substr(0, 64), known_labels.size(), handoff::kOutOfScope),
                            "correction");
  }
  if (feedback.reason.size() > kReasonBytesMax) {
    return {Code::kTooLarge,
            fmt::format("reason has {} bytes, at most {} are taken", feedback.reason.size(), kReasonBytesMax),
            "reason"};
  }
  if (!is_utf8(feedback.reason)) return invalid_argument("reason is not valid UTF-8", "reason");
  if (feedback.satisfaction && (*feedback.satisfaction < 1 || *feedback.satisfaction > 5)) {
    return invalid_argument(fmt::format("score {} must be from 1 to 5", *feedback.satisfaction), "score");
  }
  if (feedback.satisfaction && feedback.conversation.empty()) {
    return invalid_argument("a score is a whole conversation's: say which", "conversation");
  }
  if (!feedback.rating && !feedback.correction && !feedback.satisfaction && feedback.reason.empty()) {
    return invalid_argument("give a rating, a correction, a score or a reason", "feedback");
  }
  return ok_status();
}

bool same_content(const store::Row& row, const handoff::Feedback& feedback) {
  const bool rating = row.is_null(1) ? !feedback.rating : feedback.rating && row.integer(1) == *feedback.rating;
  const bool correction =
      row.is_null(2) ? !feedback.correction : feedback.correction && row.text(2) == *feedback.correction;
  const bool satisfaction =
      row.is_null(6) ? !feedback.satisfaction : feedback.satisfaction && row.integer(6) == *feedback.satisfaction;
  return row.text(0) == feedback.trace_id && rating && correction && satisfaction && row.text(3) == feedback.reason &&
         row.text(4) == feedback.tenant_id && row.text(7) == feedback.conversation && row.text(8) == feedback.author;
}

// Appends one row; the same id again must say the same.
Status append(store::Transaction& transaction, handoff::Feedback& feedback) {
  YUPU_ASSIGN_OR_RETURN(const auto traces, transaction.query("SELECT 1 FROM trace WHERE trace_id = ? AND tenant_id = ?",
                                                             {feedback.trace_id, feedback.tenant_id}));
  if (traces.empty()) return not_found(fmt::format("no trace '{}'", feedback.trace_id.substr(0, 64)));
  YUPU_ASSIGN_OR_RETURN(
      const auto earlier,
      transaction.query("SELECT trace_id, rating, correction, reason, tenant_id, created_ns, satisfaction, "
                        "conversation_id, author FROM feedback WHERE id = ?",
                        {feedback.id}));
  if (!earlier.empty()) {
    if (!same_content(earlier[0], feedback)) {
      return conflict(fmt::format("feedback '{}' exists already and says something else", feedback.id));
    }
    feedback.created_ns = earlier[0].integer(5);
    return ok_status();
  }
  // The newest counts, so a row must be newer than those before it even when the clock stands still or was set back.
  YUPU_ASSIGN_OR_RETURN(
      const auto newest,
      transaction.query("SELECT COALESCE(MAX(created_ns), 0) FROM feedback WHERE trace_id = ?", {feedback.trace_id}));
  feedback.created_ns = std::max(feedback.created_ns, newest[0].integer(0) + 1);
  if (!feedback.conversation.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto newest_score,
                          transaction.query("SELECT COALESCE(MAX(created_ns), 0) FROM feedback WHERE tenant_id = ? AND "
                                            "conversation_id = ?",
                                            {feedback.tenant_id, feedback.conversation}));
    feedback.created_ns = std::max(feedback.created_ns, newest_score[0].integer(0) + 1);
  }
  return transaction
      .execute(
          "INSERT INTO feedback (id, tenant_id, trace_id, rating, correction, reason, created_ns, satisfaction, "
          "conversation_id, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {feedback.id, feedback.tenant_id, feedback.trace_id,
           feedback.rating ? Value(std::int64_t{*feedback.rating}) : Value(nullptr),
           feedback.correction ? Value(*feedback.correction) : Value(nullptr), feedback.reason, feedback.created_ns,
           feedback.satisfaction ? Value(std::int64_t{*feedback.satisfaction}) : Value(nullptr), feedback.conversation,
           feedback.author})
      .status();
}

}  // namespace

Result<handoff::Feedback> record_feedback(store::Transaction& transaction, const Clock& clock,
                                          handoff::Feedback feedback, std::span<const std::string> known_labels) {
  YUPU_RETURN_IF_ERROR(check(feedback, known_labels));
  if (feedback.id.empty()) feedback.id = random_id("fb");
  feedback.created_ns = clock.now_ns();
  YUPU_RETURN_IF_ERROR(append(transaction, feedback));
  return feedback;
}

Result<handoff::Feedback> record_feedback(store::Store& store, const Clock& clock, handoff::Feedback feedback,
                                          std::span<const std::string> known_labels) {
  YUPU_RETURN_IF_ERROR(check(feedback, known_labels));  // before the one writer is asked
  handoff::Feedback stored;
  YUPU_RETURN_IF_ERROR(store.write([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(stored, record_feedback(transaction, clock, feedback, known_labels));
    return {};
  }));
  return stored;
}

}  // namespace yupu::feedback
