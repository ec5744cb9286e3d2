#include "products/monitor/documents/intake.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "products/monitor/documents/days.h"
#include "products/monitor/documents/latency.h"
#include "products/monitor/documents/meaning.h"
#include "products/monitor/documents/measured_intake.h"
#include "products/monitor/documents/scores.h"
#include "products/monitor/documents/stories.h"
#include "text/phrases/phrases.h"

namespace yupu::monitor {
namespace {

using store::Transaction;
using store::Value;

// NULL where nobody has said: a document about no topic is not scored.
Value sentiment_value(const ReadyDocument& ready) {
  if (!ready.document.sentiment) return nullptr;
  return std::string(sentiment_name(*ready.document.sentiment));
}

// One batch being written.
class Recorder {
 public:
  Recorder(Transaction& transaction, const std::string& monitor, const IntakeOptions& options, Outcomes& outcomes)
      : transaction_(transaction), monitor_(monitor), options_(options), outcomes_(outcomes) {}

  Status read_clock() {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction_.query("SELECT now_ns FROM monitor_clock WHERE monitor = ?", {monitor_}));
    if (!rows.empty()) now_ns_ = rows[0].integer(0);
    return ok_status();
  }
  Status keep_clock(std::int64_t before_ns) {
    YUPU_RETURN_IF_ERROR(
        run("INSERT INTO monitor_clock (monitor, now_ns) VALUES (?, ?) ON CONFLICT (monitor) DO "
            "UPDATE SET now_ns = excluded.now_ns",
            {monitor_, now_ns_}));
    return now_ns_ / kHourNs == before_ns / kHourNs ? ok_status() : forget();
  }
  std::int64_t now_ns() const { return now_ns_; }
  Status keep_tallies(const Clock* clock) const {
    YUPU_RETURN_IF_ERROR(days_.keep(transaction_, monitor_));
    return clock == nullptr ? ok_status()
                            : latencies_.keep(transaction_, monitor_, clock->now_ns(), options_.retention_ns);
  }

  Status take(const ReadyDocument& ready) {
    now_ns_ = std::max(now_ns_, ready.document.received_ns);
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction_.query("SELECT id, revision, story, content FROM monitor_document WHERE monitor "
                                             "= ? AND document = ?",
                                             {monitor_, ready.id}));
    if (!rows.empty()) return meet_again(ready, rows[0]);
    if (ready.topics.empty()) {
      ++outcomes_["off_topic"];
      return ok_status();
    }
    YUPU_RETURN_IF_ERROR(check_sentiment(ready));
    YUPU_ASSIGN_OR_RETURN(const auto story, story_of(ready));
    YUPU_ASSIGN_OR_RETURN(const std::int64_t id, insert(ready, story));
    YUPU_RETURN_IF_ERROR(keep_bands(transaction_, monitor_, ready, id));
    YUPU_RETURN_IF_ERROR(keep_meaning(transaction_, monitor_, ready, id, now_ns_));
    ++outcomes_[story ? "reprint" : "new"];
    YUPU_ASSIGN_OR_RETURN(const bool counts, mention(ready, id, story.value_or(id)));
    if (counts) latencies_.add(ready.document.published_ns, ready.document.received_ns);
    return ok_status();
  }

 private:
  Status run(std::string_view sql, std::initializer_list<Value> values) {
    return transaction_.execute(sql, values).status();
  }

  static Status check_sentiment(const ReadyDocument& ready) {
    if (ready.topics.empty() || ready.document.sentiment) return ok_status();
    return invalid_argument("a document about a topic has no sentiment", "sentiment");
  }

  // By its words, else by what it means.
  Result<std::optional<std::int64_t>> story_of(const ReadyDocument& ready) {
    const std::int64_t since_ns = now_ns_ - options_.story_window_ns;
    YUPU_ASSIGN_OR_RETURN(const auto story, find_story(transaction_, monitor_, ready, since_ns));
    if (story) return story;
    return find_story_by_meaning(transaction_, monitor_, ready, since_ns, options_.story_cosine_min);
  }

  std::int64_t published_ns(const ReadyDocument& ready) const {
    return std::min(ready.document.published_ns.value_or(now_ns_), now_ns_);
  }
  std::int64_t bucket_of(std::int64_t time_ns) const { return time_ns / options_.bucket_ns; }

  Status meet_again(const ReadyDocument& ready, const store::Row& known) {
    const std::int64_t id = known.integer(0), revision = known.integer(1), story = known.integer(2);
    bool seen = known.text(3) == ready.content;
    if (!seen) {
      YUPU_ASSIGN_OR_RETURN(const auto former, transaction_.query("SELECT 1 FROM monitor_revision WHERE monitor = ? "
                                                                  "AND document_id = ? AND content = ? LIMIT 1",
                                                                  {monitor_, id, ready.content}));
      seen = !former.empty();
    }
    if (seen) {
      ++outcomes_["repeated"];
      return ok_status();
    }
    const IncomingDocument& document = ready.document;
    YUPU_RETURN_IF_ERROR(check_sentiment(ready));
    YUPU_RETURN_IF_ERROR(
        run("INSERT INTO monitor_revision (monitor, document_id, revision, content, title, text, replaced_ns) SELECT "
            "monitor, id, revision, content, title, text, ? FROM monitor_document WHERE id = ?",
            {now_ns_, id}));
    YUPU_RETURN_IF_ERROR(
        run("UPDATE monitor_document SET revision = ?, title = ?, text = ?, content = ?, sentiment = "
            "COALESCE(?, sentiment), url = ? WHERE id = ?",
            {revision + 1, document.title, document.text, ready.content, sentiment_value(ready), document.url, id}));
    YUPU_RETURN_IF_ERROR(replace_scores(transaction_, monitor_, ready,
                                        {.document_id = id, .revision = revision + 1, .scored_ns = now_ns_}));
    YUPU_RETURN_IF_ERROR(keep_bands(transaction_, monitor_, ready, id));
    YUPU_RETURN_IF_ERROR(keep_meaning(transaction_, monitor_, ready, id, now_ns_));
    ++outcomes_["revised"];
    return mention(ready, id, story).status();
  }

  Result<std::int64_t> insert(const ReadyDocument& ready, std::optional<std::int64_t> story) {
    const IncomingDocument& document = ready.document;
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction_.query(
            "INSERT INTO monitor_document (monitor, document, revision, story, source, url, publisher, title, text, "
            "content, sentiment, published_ns, received_ns) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING "
            "id",
            {monitor_, ready.id, story.value_or(0), document.source, document.url, document.publisher, document.title,
             document.text, ready.content, sentiment_value(ready), published_ns(ready), now_ns_}));
    if (rows.empty()) return internal_error("the store gave a document no id");
    const std::int64_t id = rows[0].integer(0);
    if (!story) YUPU_RETURN_IF_ERROR(run("UPDATE monitor_document SET story = id WHERE id = ?", {id}));
    YUPU_RETURN_IF_ERROR(replace_scores(transaction_, monitor_, ready, {.document_id = id, .scored_ns = now_ns_}));
    return id;
  }

  // The document under each topic that it was not under before. Gives whether it counts under one of them.
  Result<bool> mention(const ReadyDocument& ready, std::int64_t id, std::int64_t story) {
    const std::int64_t published = published_ns(ready);
    const bool late = bucket_of(published) < bucket_of(now_ns_) - options_.lateness_ns / options_.bucket_ns;
    const std::string publisher = text::fold_phrase(ready.document.publisher);
    bool added = false, counts = false;
    for (std::size_t i = 0; i < ready.topics.size(); ++i) {
      const std::string& topic = ready.topics[i];
      const Sentiment sentiment = ready.sentiment_under(i);
      bool counted = !late;
      if (counted && !options_.count_every_document) {
        YUPU_ASSIGN_OR_RETURN(const auto before, transaction_.query("SELECT 1 FROM monitor_mention WHERE monitor = ? "
                                                                    "AND topic = ? AND story = ? AND counted = 1 "
                                                                    "LIMIT 1",
                                                                    {monitor_, topic, story}));
        counted = before.empty();
      }
      YUPU_ASSIGN_OR_RETURN(
          const std::int64_t inserted,
          transaction_.execute("INSERT INTO monitor_mention (monitor, topic, document_id, story, publisher, sentiment, "
                               "published_ns, received_ns, counted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
                               "(monitor, topic, document_id) DO NOTHING",
                               {monitor_, topic, id, story, publisher, std::string(sentiment_name(sentiment)),
                                published, now_ns_, std::int64_t{counted}}));
      if (inserted == 0) continue;
      added = true;
      if (!counted) continue;
      counts = true;
      YUPU_RETURN_IF_ERROR(count(topic, published, publisher, sentiment));
    }
    if (added && late) ++outcomes_["late"];
    return counts;
  }

  Status count(const std::string& topic, std::int64_t published, const std::string& publisher, Sentiment sentiment) {
    const std::int64_t bucket_ns = bucket_of(published) * options_.bucket_ns;
    days_.add(topic, bucket_ns, publisher, sentiment);
    YUPU_RETURN_IF_ERROR(
        run("INSERT INTO monitor_count (monitor, topic, bucket_ns, total, negative, positive) VALUES "
            "(?, ?, ?, 1, ?, ?) ON CONFLICT (monitor, topic, bucket_ns) DO UPDATE SET total = "
            "monitor_count.total + 1, negative = monitor_count.negative + excluded.negative, positive "
            "= monitor_count.positive + excluded.positive",
            {monitor_, topic, bucket_ns, std::int64_t{sentiment == Sentiment::kNegative},
             std::int64_t{sentiment == Sentiment::kPositive}}));
    return run(
        "INSERT INTO monitor_count_publisher (monitor, topic, bucket_ns, publisher) VALUES (?, ?, ?, ?) ON "
        "CONFLICT DO NOTHING",
        {monitor_, topic, bucket_ns, publisher});
  }

  Status forget() {
    YUPU_RETURN_IF_ERROR(forget_bands(transaction_, monitor_, now_ns_ - options_.story_window_ns));
    YUPU_RETURN_IF_ERROR(forget_meanings(transaction_, monitor_, now_ns_ - options_.story_window_ns));
    const std::int64_t since_ns = now_ns_ - options_.retention_ns;
    YUPU_RETURN_IF_ERROR(
        run("DELETE FROM monitor_mention WHERE monitor = ? AND received_ns < ?", {monitor_, since_ns}));
    YUPU_RETURN_IF_ERROR(forget_scores(transaction_, monitor_, since_ns));
    YUPU_RETURN_IF_ERROR(
        run("DELETE FROM monitor_revision WHERE monitor = ? AND document_id IN (SELECT id FROM "
            "monitor_document WHERE monitor = ? AND received_ns < ?)",
            {monitor_, monitor_, since_ns}));
    return run("DELETE FROM monitor_document WHERE monitor = ? AND received_ns < ?", {monitor_, since_ns});
  }

  Transaction& transaction_;
  const std::string& monitor_;
  const IntakeOptions& options_;
  Outcomes& outcomes_;
  std::int64_t now_ns_ = 0;
  DayTally days_;
  LatencyTally latencies_;
};

Result<std::string> position_in(Transaction& transaction, const std::string& monitor, const std::string& source) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT position FROM monitor_source WHERE monitor = ? AND source = ?", {monitor, source}));
  return rows.empty() ? std::string() : rows[0].text(0);
}

Status keep_outcomes(Transaction& transaction, const std::string& monitor, const Batch& batch,
                     const Outcomes& outcomes) {
  for (const auto& [outcome, count] : outcomes) {
    std::string detail;
    for (const Refusal& refusal : batch.refusals) {
      if (outcome == "refused_" + refusal.reason) detail = refusal.detail;
    }
    if (const auto why = batch.details.find(outcome); why != batch.details.end()) detail = why->second;
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_outcome (monitor, source, outcome, count, last_ns, last_detail) VALUES (?, "
                     "?, ?, ?, ?, ?) ON CONFLICT (monitor, source, outcome) DO UPDATE SET count = "
                     "monitor_outcome.count + excluded.count, last_ns = excluded.last_ns, last_detail = "
                     "excluded.last_detail",
                     {monitor, batch.source, outcome, count, batch.read_ns, detail})
            .status());
  }
  return ok_status();
}

// `clock` null: how long documents took is not measured.
Status record(Transaction& transaction, const std::string& monitor, const Batch& batch, const Clock* clock,
              const IntakeOptions& options, Outcomes& outcomes) {
  YUPU_ASSIGN_OR_RETURN(const std::string position, position_in(transaction, monitor, batch.source));
  if (position != batch.position_before)
    return conflict(fmt::format("source '{}' has been read by another process meanwhile", batch.source));
  Recorder recorder(transaction, monitor, options, outcomes);
  YUPU_RETURN_IF_ERROR(recorder.read_clock());
  const std::int64_t before_ns = recorder.now_ns();
  for (const ReadyDocument& document : batch.documents) YUPU_RETURN_IF_ERROR(recorder.take(document));
  for (const Refusal& refusal : batch.refusals) ++outcomes["refused_" + refusal.reason];
  for (const auto& [outcome, count] : batch.counted) outcomes[outcome] += count;
  YUPU_RETURN_IF_ERROR(recorder.keep_tallies(clock));
  YUPU_RETURN_IF_ERROR(recorder.keep_clock(before_ns));
  YUPU_RETURN_IF_ERROR(keep_outcomes(transaction, monitor, batch, outcomes));
  return transaction
      .execute(
          "INSERT INTO monitor_source (monitor, source, position, read_ns) VALUES (?, ?, ?, ?) ON CONFLICT "
          "(monitor, source) DO UPDATE SET position = excluded.position, read_ns = excluded.read_ns",
          {monitor, batch.source, batch.position, batch.read_ns})
      .status();
}

Result<Outcomes> write_batch(store::Store& store, const std::string& monitor, const Batch& batch, const Clock* clock,
                             const IntakeOptions& options) {
  Outcomes outcomes;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    outcomes.clear();
    return record(transaction, monitor, batch, clock, options, outcomes);
  }));
  return outcomes;
}

}  // namespace

Result<Outcomes> take_batch(store::Store& store, const std::string& monitor, const Batch& batch,
                            const IntakeOptions& options) {
  return write_batch(store, monitor, batch, nullptr, options);
}

Result<Outcomes> take_measured_batch(store::Store& store, const std::string& monitor, const Batch& batch,
                                     const Clock& clock, const IntakeOptions& options) {
  return write_batch(store, monitor, batch, &clock, options);
}

Status keep_refusals(Transaction& transaction, const std::string& monitor, const Batch& batch) {
  Outcomes outcomes;
  for (const Refusal& refusal : batch.refusals) ++outcomes["refused_" + refusal.reason];
  return keep_outcomes(transaction, monitor, batch, outcomes);
}

Result<std::string> source_position(store::Store& store, const std::string& monitor, const std::string& source) {
  std::string position;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(position, position_in(transaction, monitor, source));
    return ok_status();
  }));
  return position;
}

}  // namespace yupu::monitor
