#include "feedback/report/review.h"

#include <utility>

#include <fmt/format.h>

#include "feedback/opinions.h"
#include "tasks/classify/promise.h"

namespace yupu::feedback {
namespace {

using store::Transaction;

constexpr std::int64_t kPage = 200;  // rows in memory at a time: each has the whole answer in it
constexpr double kDelta = 0.05;

Result<std::vector<store::Row>> next_page(Transaction& transaction, const CallQuery& query, const std::string& after) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("t.created_ns >= ?", query.since_ns);
  where.add("t.created_ns < ?", query.until_ns);
  where.add("t.trace_id > ?", after);
  where.sql += fmt::format(" AND t.decision = 'answer' AND {}", kAsksBot);
  where.values.emplace_back(kPage);
  return transaction.query(
      fmt::format(
          "SELECT t.trace_id, t.text, t.label, t.score, t.body, t.created_ns, v.is_right FROM trace t LEFT JOIN "
          "answer_review v ON v.tenant_id = t.tenant_id AND v.trace_id = t.trace_id {} ORDER BY t.trace_id "
          "LIMIT ?",
          where.sql),
      std::span<const store::Value>(where.values));
}

DrawnAnswer drawn_of(const store::Row& row) {
  return {.trace_id = row.text(0),
          .conversation = noted(row.text(4), "conversation"),
          .text = row.text(1),
          .answer = noted(row.text(4), "text"),
          .intent = row.text(2),
          .score = row.real(3),
          .created_ns = row.integer(5)};
}

// One page into the review; false: there are enough.
bool take(const std::vector<store::Row>& rows, std::int64_t limit, Review& review) {
  for (const store::Row& row : rows) {
    const bool is_judged = !row.is_null(6);
    if (!is_judged) {
      if (static_cast<std::int64_t>(review.drawn.size()) == limit) return false;
      review.drawn.push_back(drawn_of(row));
    } else if (review.drawn.empty()) {  // behind one that is open it is in no sample yet
      ++review.judged;
      review.wrong += row.integer(6) == 0 ? 1 : 0;
    }
  }
  return true;
}

}  // namespace

Json DrawnAnswer::to_json() const {
  return {{"trace_id", trace_id},
          {"conversation", conversation},
          {"created", format_utc(created_ns)},
          {"text", text},
          {"answer", answer},
          {"intent", intent},
          {"score", score}};
}

double Review::wrong_at_most() const { return tasks::binomial_upper_bound(wrong, judged, kDelta); }

Json Review::to_json() const {
  Json rows = Json::array();
  for (const DrawnAnswer& answer : drawn) rows.push_back(answer.to_json());
  return {{"judged", judged},
          {"wrong", wrong},
          {"wrong_share", judged > 0 ? Json(static_cast<double>(wrong) / static_cast<double>(judged)) : Json()},
          {"wrong_at_most", wrong_at_most()},
          {"drawn", std::move(rows)}};
}

Result<Review> review(store::Store& store, const CallQuery& query, std::int64_t limit) {
  Review made;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    made = {};
    std::string after;
    while (true) {
      YUPU_ASSIGN_OR_RETURN(const auto rows, next_page(transaction, query, after));
      if (rows.empty() || !take(rows, limit, made)) return ok_status();
      after = rows.back().text(0);
    }
  }));
  return made;
}

Status judge_answer(store::Store& store, const Clock& clock, const Judgement& judgement) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows, transaction.query("SELECT 1 FROM trace WHERE trace_id = ? AND tenant_id = ? AND model = ? AND "
                                           "decision = 'answer'",
                                           {judgement.trace_id, judgement.tenant_id, judgement.model}));
    if (rows.empty()) return {Code::kNotFound, "there is no such answer", "trace_id"};
    return transaction
        .execute(
            "INSERT INTO answer_review (tenant_id, trace_id, is_right, reviewer, created_ns) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (tenant_id, trace_id) DO UPDATE SET is_right = excluded.is_right, reviewer = "
            "excluded.reviewer, created_ns = excluded.created_ns",
            {judgement.tenant_id, judgement.trace_id, std::int64_t{judgement.is_right}, judgement.reviewer,
             clock.now_ns()})
        .status();
  });
}

Status forget_reviews(Transaction& transaction, const std::string& tenant_id, std::span<const std::string> trace_ids) {
  for (const std::string& trace_id : trace_ids) {
    YUPU_RETURN_IF_ERROR(
        transaction.execute("DELETE FROM answer_review WHERE tenant_id = ? AND trace_id = ?", {tenant_id, trace_id})
            .status());
  }
  return ok_status();
}

}  // namespace yupu::feedback
