#include "products/monitor/sentiment/rescore.h"

#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "products/monitor/alarms/alarms.h"
#include "products/monitor/documents/days.h"
#include "products/monitor/documents/scores.h"
#include "products/monitor/sentiment/scoring.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

// Scored, and not by this release.
constexpr std::string_view kStale =
    "FROM monitor_document d WHERE d.monitor = ? AND EXISTS (SELECT 1 FROM monitor_score s WHERE s.monitor = d.monitor "
    "AND s.document_id = d.id AND s.topic = '') AND NOT EXISTS (SELECT 1 FROM monitor_score s WHERE s.monitor = "
    "d.monitor AND s.document_id = d.id AND s.topic = '' AND s.release_id = ?) ";

struct Stale {
  std::int64_t id = 0, revision = 0;
};

// A document as it stands in the store, ready to be scored anew.
ReadyDocument document_of(const Row& row, std::vector<std::string> topics) {
  ReadyDocument ready;
  ready.document.title = row.text(2);
  ready.document.text = row.text(3);
  ready.topics = std::move(topics);
  return ready;
}

Result<std::vector<std::string>> mentioned(Transaction& transaction, const std::string& monitor, std::int64_t id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT topic FROM monitor_mention WHERE monitor = ? AND document_id = ? "
                                          "ORDER BY sequence",
                                          {monitor, id}));
  std::vector<std::string> topics;
  for (const Row& row : rows) topics.push_back(row.text(0));
  return topics;
}

struct Bucket {
  std::int64_t negative = 0, positive = 0;
};

Status move_counts(Transaction& transaction, const std::string& monitor, const std::string& release,
                   std::int64_t bucket_ns, std::int64_t& changed) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "SELECT m.topic, m.published_ns, m.counted, m.sentiment, s.sentiment FROM monitor_mention m JOIN "
          "monitor_score s ON s.monitor = m.monitor AND s.document_id = m.document_id AND s.topic = "
          "m.topic WHERE m.monitor = ? AND s.release_id = ? AND s.sentiment <> m.sentiment",
          {monitor, release}));
  std::map<std::pair<std::string, std::int64_t>, Bucket> buckets;
  const auto add = [](Bucket& bucket, const std::string& sentiment, std::int64_t count) {
    if (sentiment == "negative") bucket.negative += count;
    if (sentiment == "positive") bucket.positive += count;
  };
  for (const Row& row : rows) {
    ++changed;
    if (row.integer(2) == 0) continue;
    Bucket& bucket = buckets[{row.text(0), row.integer(1) / bucket_ns * bucket_ns}];
    add(bucket, row.text(3), -1);
    add(bucket, row.text(4), 1);
  }
  for (const auto& [place, bucket] : buckets) {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("UPDATE monitor_count SET negative = negative + ?, positive = positive + ? WHERE "
                                      "monitor = ? AND topic = ? AND bucket_ns = ?",
                                      {bucket.negative, bucket.positive, monitor, place.first, place.second})
                             .status());
    YUPU_RETURN_IF_ERROR(move_day(transaction, monitor, place.first, place.second, bucket.negative, bucket.positive));
  }
  return ok_status();
}

// Everything that counts becomes this release's.
Status switch_to(Transaction& transaction, const std::string& monitor, const std::string& release,
                 const std::string& former, std::int64_t now_ns, std::int64_t& changed) {
  const auto run = [&](std::string_view sql, std::initializer_list<store::Value> values) {
    return transaction.execute(sql, values).status();
  };
  YUPU_RETURN_IF_ERROR(move_counts(transaction, monitor, release, SeriesOptions().bucket_ns, changed));
  YUPU_RETURN_IF_ERROR(
      run("UPDATE monitor_mention SET sentiment = (SELECT s.sentiment FROM monitor_score s WHERE s.monitor = "
          "monitor_mention.monitor AND s.document_id = monitor_mention.document_id AND s.topic = monitor_mention.topic "
          "AND s.release_id = ?) WHERE monitor = ? AND EXISTS (SELECT 1 FROM monitor_score s WHERE s.monitor = "
          "monitor_mention.monitor AND s.document_id = monitor_mention.document_id AND s.topic = monitor_mention.topic "
          "AND s.release_id = ?)",
          {release, monitor, release}));
  YUPU_RETURN_IF_ERROR(
      run("UPDATE monitor_document SET sentiment = (SELECT s.sentiment FROM monitor_score s WHERE s.monitor = "
          "monitor_document.monitor AND s.document_id = monitor_document.id AND s.topic = '' AND s.release_id = ?) "
          "WHERE monitor = ? AND EXISTS (SELECT 1 FROM monitor_score s WHERE s.monitor = monitor_document.monitor AND "
          "s.document_id = monitor_document.id AND s.topic = '' AND s.release_id = ?)",
          {release, monitor, release}));
  YUPU_RETURN_IF_ERROR(run("DELETE FROM monitor_score WHERE monitor = ? AND release_id <> ?", {monitor, release}));
  if (former == release && changed == 0) return ok_status();  // back before the other had caught up
  YUPU_RETURN_IF_ERROR(
      run("INSERT INTO monitor_model (monitor, release_id, since_ns) VALUES (?, ?, ?) ON CONFLICT (monitor) DO UPDATE "
          "SET release_id = excluded.release_id, since_ns = excluded.since_ns",
          {monitor, release, now_ns}));
  if (changed > 0) {  // a state that is none: the next look reads the log again
    YUPU_RETURN_IF_ERROR(
        run("UPDATE monitor_detection SET state = ? WHERE monitor = ?", {std::string("scored anew"), monitor}));
  }
  return write_audit(
      transaction, monitor,
      {.time_ns = now_ns,
       .topic = "",
       .alarm = "",
       .event = "model",
       .who = "",
       .detail = former.empty() || former == release ? release : fmt::format("{} instead of {}", release, former)});
}

Result<std::optional<CountedModel>> model_in(Transaction& transaction, const std::string& monitor) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT release_id, since_ns FROM monitor_model WHERE monitor = ?", {monitor}));
  if (rows.empty()) return std::optional<CountedModel>();
  return std::optional<CountedModel>(CountedModel{.release = rows[0].text(0), .since_ns = rows[0].integer(1)});
}

// Nothing is left to score: true when nothing was left to do either.
Result<bool> is_settled(Transaction& transaction, const std::string& monitor, const std::string& release) {
  YUPU_ASSIGN_OR_RETURN(const auto model, model_in(transaction, monitor));
  if (!model || model->release != release) return false;
  YUPU_ASSIGN_OR_RETURN(
      const auto others,
      transaction.query("SELECT 1 FROM monitor_score WHERE monitor = ? AND (release_id < ? OR release_id > ?) LIMIT 1",
                        {monitor, release, release}));
  return others.empty();
}

// Behind the newest that this release has scored there are mostly those left; before it, what was revised meanwhile.
Result<std::vector<Row>> stale_rows(Transaction& transaction, const std::string& monitor, const std::string& release,
                                    std::int64_t documents_max) {
  YUPU_ASSIGN_OR_RETURN(
      const auto newest,
      transaction.query(
          "SELECT document_id FROM monitor_score WHERE monitor = ? AND release_id = ? ORDER BY document_id "
          "DESC LIMIT 1",
          {monitor, release}));
  const std::string sql =
      "SELECT d.id, d.revision, d.title, d.text " + std::string(kStale) + "AND d.id > ? ORDER BY d.id LIMIT ?";
  const std::int64_t after = newest.empty() ? 0 : newest[0].integer(0);
  YUPU_ASSIGN_OR_RETURN(auto rows, transaction.query(sql, {monitor, release, after, documents_max}));
  if (!rows.empty() || after == 0) return rows;
  return transaction.query(sql, {monitor, release, std::int64_t{0}, documents_max});
}

// Writes the scores of those that have not been revised meanwhile.
Status keep_scores(store::Store& store, const std::string& monitor, const std::vector<Stale>& stale,
                   const std::vector<ReadyDocument>& documents, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    for (std::size_t i = 0; i < stale.size(); ++i) {
      YUPU_ASSIGN_OR_RETURN(const auto rows,
                            transaction.query("SELECT revision FROM monitor_document WHERE monitor = ? AND id = ?",
                                              {monitor, stale[i].id}));
      if (rows.empty() || rows[0].integer(0) != stale[i].revision) continue;
      const KeptScores kept{.document_id = stale[i].id, .revision = stale[i].revision, .scored_ns = now_ns};
      if (documents[i].topics.empty()) {  // about nothing any more: nothing counts by its scores
        YUPU_RETURN_IF_ERROR(
            transaction
                .execute("DELETE FROM monitor_score WHERE monitor = ? AND document_id = ?", {monitor, stale[i].id})
                .status());
        continue;
      }
      YUPU_RETURN_IF_ERROR(add_scores(transaction, monitor, documents[i], kept));
    }
    return ok_status();
  });
}

}  // namespace

Result<Rescored> rescore_some(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                              SentimentScorer& scorer, std::int64_t documents_max, std::int64_t now_ns) {
  Rescored result;
  std::vector<Stale> stale;
  std::vector<ReadyDocument> documents;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    stale.clear();
    documents.clear();
    YUPU_ASSIGN_OR_RETURN(result.done, is_settled(transaction, monitor, scorer.release()));
    if (result.done) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const auto rows, stale_rows(transaction, monitor, scorer.release(), documents_max));
    for (const Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(auto names, mentioned(transaction, monitor, row.integer(0)));
      stale.push_back({.id = row.integer(0), .revision = row.integer(1)});
      documents.push_back(document_of(row, std::move(names)));
    }
    return ok_status();
  }));
  if (result.done) return result;
  if (!stale.empty()) {
    YUPU_RETURN_IF_ERROR(score_documents(documents, topics, scorer));
    YUPU_RETURN_IF_ERROR(keep_scores(store, monitor, stale, documents, now_ns));
    result.scored = static_cast<std::int64_t>(stale.size());
    return result;
  }
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    result.changed = 0;
    YUPU_ASSIGN_OR_RETURN(
        const auto more, transaction.query("SELECT 1 " + std::string(kStale) + "LIMIT 1", {monitor, scorer.release()}));
    result.done = more.empty();
    if (!result.done) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const auto former, model_in(transaction, monitor));
    return switch_to(transaction, monitor, scorer.release(), former ? former->release : std::string(), now_ns,
                     result.changed);
  }));
  return result;
}

Result<std::optional<CountedModel>> counted_model(store::Store& store, const std::string& monitor) {
  std::optional<CountedModel> model;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(model, model_in(transaction, monitor));
    return ok_status();
  }));
  return model;
}

}  // namespace yupu::monitor
