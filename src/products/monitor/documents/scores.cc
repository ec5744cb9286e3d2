#include "products/monitor/documents/scores.h"

namespace yupu::monitor {
namespace {

using store::Transaction;

Status add_score(Transaction& transaction, const std::string& monitor, const std::string& topic,
                 const std::string& release, const Probabilities& score, const KeptScores& kept) {
  return transaction
      .execute(
          "INSERT INTO monitor_score (monitor, document_id, topic, release_id, revision, sentiment, negative, neutral, "
          "positive, scored_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (monitor, document_id, topic, "
          "release_id) DO UPDATE SET revision = excluded.revision, sentiment = excluded.sentiment, negative = "
          "excluded.negative, neutral = excluded.neutral, positive = excluded.positive, scored_ns = excluded.scored_ns",
          {monitor, kept.document_id, topic, release, kept.revision, std::string(sentiment_name(score.likeliest())),
           score.negative, score.neutral, score.positive, kept.scored_ns})
      .status();
}

}  // namespace

Status add_scores(Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                  const KeptScores& kept) {
  const DocumentScores& scores = document.scores;
  YUPU_RETURN_IF_ERROR(add_score(transaction, monitor, {}, scores.release, scores.whole, kept));
  for (std::size_t i = 0; i < scores.topics.size(); ++i)
    YUPU_RETURN_IF_ERROR(add_score(transaction, monitor, document.topics[i], scores.release, scores.topics[i], kept));
  return ok_status();
}

Status replace_scores(Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                      const KeptScores& kept) {
  if (kept.revision > 1) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("DELETE FROM monitor_score WHERE monitor = ? AND document_id = ?", {monitor, kept.document_id})
            .status());
  }
  return document.scores.release.empty() ? ok_status() : add_scores(transaction, monitor, document, kept);
}

Status forget_scores(Transaction& transaction, const std::string& monitor, std::int64_t received_before_ns) {
  return transaction
      .execute(
          "DELETE FROM monitor_score WHERE monitor = ? AND document_id IN (SELECT id FROM monitor_document WHERE "
          "monitor = ? AND received_ns < ?)",
          {monitor, monitor, received_before_ns})
      .status();
}

}  // namespace yupu::monitor
