#include "products/monitor/judgements/judgements.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/sentiment/segments.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

// What a model reads of a document for a topic.
std::string text_about(const std::string& title, const std::string& text, const std::string& topic,
                       const TopicDictionary& topics) {
  const Segments segments = segments_of(title, text, {topic}, topics);
  const std::vector<Piece>& pieces = segments.topics[0].empty() ? segments.whole : segments.topics[0];
  std::string out;
  for (const Piece& piece : pieces) out += (out.empty() ? "" : "\n") + segments.texts[piece.text];
  return out;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

OrderedJson DocumentJudgement::to_json() const {
  return {
      {"document", document_id}, {"topic", topic},         {"text", text},           {"counted", counted},
      {"release", release},      {"sentiment", sentiment}, {"judged_by", judged_by}, {"judged", format_utc(judged_ns)}};
}

OrderedJson AlarmJudgement::to_json() const {
  return {{"justified", justified}, {"note", note}, {"judged_by", judged_by}, {"judged", format_utc(judged_ns)}};
}

Status judge_document(store::Store& store, const std::string& monitor, const TopicDictionary& topics,
                      const DocumentVerdict& verdict, const std::string& who, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT d.title, d.text, m.sentiment, s.release_id FROM monitor_mention m JOIN "
            "monitor_document d ON d.id = m.document_id LEFT JOIN monitor_score s ON s.monitor = "
            "m.monitor AND s.document_id = m.document_id AND s.topic = m.topic AND s.release_id = (SELECT "
            "release_id FROM monitor_model WHERE monitor = m.monitor) WHERE m.monitor = ? AND m.topic = "
            "? AND m.document_id = ?",
            {monitor, verdict.topic, verdict.document_id}));
    if (rows.empty())
      return not_found(fmt::format("there is no document {} of the topic '{}'", verdict.document_id, verdict.topic));
    const Row& row = rows.front();
    const std::string counted = row.text(2);
    const std::string sentiment(sentiment_name(verdict.sentiment));
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_document_judgement (monitor, document_id, topic, text, counted, release_id, "
                     "sentiment, judged_by, judged_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (monitor, "
                     "document_id, topic) DO UPDATE SET text = excluded.text, counted = excluded.counted, release_id = "
                     "excluded.release_id, sentiment = excluded.sentiment, judged_by = excluded.judged_by, judged_ns = "
                     "excluded.judged_ns",
                     {monitor, verdict.document_id, verdict.topic,
                      text_about(row.text(0), row.text(1), verdict.topic, topics), counted,
                      row.is_null(3) ? std::string() : row.text(3), sentiment, who, now_ns})
            .status());
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns,
         .topic = verdict.topic,
         .alarm = "",
         .event = "judged",
         .who = who,
         .detail = fmt::format("document {}: {}, counted as {}", verdict.document_id, sentiment, counted)});
  });
}

Result<std::vector<DocumentJudgement>> document_judgements(store::Store& store, const std::string& monitor,
                                                           std::int64_t limit) {
  std::vector<DocumentJudgement> judgements;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT document_id, topic, text, counted, release_id, sentiment, judged_by, judged_ns FROM "
                          "monitor_document_judgement WHERE monitor = ? ORDER BY judged_ns DESC, document_id, topic "
                          "LIMIT ?",
                          {monitor, limit}));
    judgements.clear();
    for (const Row& row : rows)
      judgements.push_back({.document_id = row.integer(0),
                            .topic = row.text(1),
                            .text = row.text(2),
                            .counted = row.text(3),
                            .release = row.text(4),
                            .sentiment = row.text(5),
                            .judged_by = row.text(6),
                            .judged_ns = row.integer(7)});
    return ok_status();
  }));
  return judgements;
}

std::string csv_of(const std::vector<DocumentJudgement>& judgements) {
  std::string out = "text,label,topic,counted,release,judged_by,judged\n";
  for (const DocumentJudgement& one : judgements)
    out += fmt::format("{},{},{},{},{},{},{}\n", csv_field(one.text), one.sentiment, csv_field(one.topic), one.counted,
                       csv_field(one.release), csv_field(one.judged_by), format_utc(one.judged_ns));
  return out;
}

Status judge_alarm(store::Store& store, const std::string& monitor, const std::string& alarm, bool justified,
                   const std::string& note, const std::string& who, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(const Alarm found, find_alarm(store, monitor, alarm));
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_alarm_judgement (monitor, alarm, justified, note, judged_by, judged_ns) "
                     "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (monitor, alarm) DO UPDATE SET justified = "
                     "excluded.justified, note = excluded.note, judged_by = excluded.judged_by, judged_ns = "
                     "excluded.judged_ns",
                     {monitor, alarm, std::int64_t{justified}, note, who, now_ns})
            .status());
    return write_audit(transaction, monitor,
                       {.time_ns = now_ns,
                        .topic = found.topic,
                        .alarm = alarm,
                        .event = "judged",
                        .who = who,
                        .detail = fmt::format("{}{}{}", justified ? "a true alarm" : "a false alarm",
                                              note.empty() ? "" : ": ", note)});
  });
}

Result<std::map<std::string, AlarmJudgement>> alarm_judgements(store::Store& store, const std::string& monitor) {
  std::map<std::string, AlarmJudgement> judgements;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT alarm, justified, note, judged_by, judged_ns FROM "
                                                             "monitor_alarm_judgement WHERE monitor = ?",
                                                             {monitor}));
    judgements.clear();
    for (const Row& row : rows)
      judgements[row.text(0)] = {
          .justified = row.integer(1) != 0, .note = row.text(2), .judged_by = row.text(3), .judged_ns = row.integer(4)};
    return ok_status();
  }));
  return judgements;
}

AlarmPrecision precision_of(const std::map<std::string, AlarmJudgement>& judgements,
                            const std::set<std::string>& alarms) {
  AlarmPrecision precision;
  for (const std::string& alarm : alarms) {
    const auto found = judgements.find(alarm);
    if (found == judgements.end()) continue;
    ++precision.judged;
    precision.justified += found->second.justified ? 1 : 0;
  }
  return precision;
}

OrderedJson AlarmPrecision::to_json() const {
  OrderedJson json = {{"judged", judged}, {"justified", justified}, {"precision", nullptr}};
  if (judged > 0) json["precision"] = static_cast<double>(justified) / static_cast<double>(judged);
  return json;
}

std::string AlarmPrecision::to_text() const {
  if (judged == 0) return "no alarm was judged";
  return fmt::format("{} of {} judged alarms were true ones: precision {:.2f}", justified, judged,
                     static_cast<double>(justified) / static_cast<double>(judged));
}

}  // namespace yupu::monitor
