#include "products/monitor/drift/drift.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/detect/baseline.h"
#include "products/monitor/sentiment/rescore.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kWeekNs = 7 * kDayNs;
constexpr std::int64_t kSettleNs = kHourNs;     // after its end a week is looked at
constexpr std::int64_t kMondayNs = 4 * kDayNs;  // 1970 began on a Thursday
constexpr std::string_view kColumns =
    "SELECT release_id, week_ns, bins, unsure, reference_ns, psi, ks, ks_tail, verdict, judged, confirmed FROM "
    "monitor_drift_week WHERE monitor = ? ";

std::string day_of(std::int64_t week_ns) { return format_utc(week_ns + BaselineOptions().zone_ns).substr(0, 10); }

std::string bins_text(const ScoreCounts& counts) {
  Json bins = Json::array();
  for (const std::int64_t count : counts.bins) bins.push_back(count);
  return to_text(bins);
}

DriftVerdict verdict_named(const std::string& name) {
  for (const DriftVerdict verdict :
       {DriftVerdict::kReference, DriftVerdict::kSteady, DriftVerdict::kMoved, DriftVerdict::kDrifted}) {
    if (verdict_name(verdict) == name) return verdict;
  }
  return DriftVerdict::kTooFew;
}

Result<DriftWeek> week_in(const Row& row) {
  DriftWeek week{.release = row.text(0), .week_ns = row.integer(1)};
  YUPU_ASSIGN_OR_RETURN(const Json bins, parse_json(row.text(2)));
  if (!bins.is_array() || bins.size() != kScoreBins) return internal_error("a drift week has other bins");
  for (std::size_t i = 0; i < kScoreBins; ++i) {
    if (!bins[i].is_number_integer()) return internal_error("a drift week has bins that are no counts");
    week.counts.bins[i] = bins[i].get<std::int64_t>();
  }
  week.counts.unsure = row.integer(3);
  week.reference_ns = row.integer(4);
  if (!row.is_null(5)) week.shift = Shift{.psi = row.real(5), .ks = row.real(6), .ks_tail = row.real(7)};
  week.verdict = verdict_named(row.text(8));
  week.judged = row.integer(9);
  week.confirmed = row.integer(10);
  return week;
}

// The first week of the model that is not written yet, and the week that it is compared with.
struct Ahead {
  std::string release;
  std::int64_t since_ns = 0;  // when the model's scores began to count
  std::int64_t week_ns = 0;
  std::optional<DriftWeek> reference;
};

// Only the newest week that is over, and only when the model's scores counted in it: another model, or the first look
// of a program that knows of drift, computes all the weeks that are stored, and those are a record, not news.
bool is_news(const Ahead& ahead, std::int64_t now_ns) {
  return now_ns < ahead.week_ns + 2 * kWeekNs + kSettleNs && ahead.since_ns < ahead.week_ns + kWeekNs;
}

Result<std::optional<DriftWeek>> reference_of(Transaction& transaction, const std::string& monitor,
                                              const std::string& release) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(std::string(kColumns) + "AND release_id = ? AND verdict = 'reference' ORDER "
                                                                  "BY week_ns DESC LIMIT 1",
                                          {monitor, release}));
  std::optional<DriftWeek> reference;
  if (!rows.empty()) {
    YUPU_ASSIGN_OR_RETURN(reference, week_in(rows[0]));
  }
  return reference;
}

// Nothing: no model, or no document.
Result<std::optional<Ahead>> look_ahead(Transaction& transaction, const std::string& monitor) {
  std::optional<Ahead> ahead;
  YUPU_ASSIGN_OR_RETURN(
      const auto models,
      transaction.query("SELECT release_id, since_ns FROM monitor_model WHERE monitor = ?", {monitor}));
  if (models.empty()) return ahead;
  const std::string release = models[0].text(0);
  YUPU_ASSIGN_OR_RETURN(const auto written,
                        transaction.query("SELECT week_ns FROM monitor_drift_week WHERE monitor = ? AND release_id = ? "
                                          "ORDER BY week_ns DESC LIMIT 1",
                                          {monitor, release}));
  YUPU_ASSIGN_OR_RETURN(const auto oldest, transaction.query("SELECT received_ns FROM monitor_document WHERE monitor = "
                                                             "? ORDER BY received_ns LIMIT 1",
                                                             {monitor}));
  if (oldest.empty()) return ahead;
  const std::int64_t whole_ns = week_of(oldest[0].integer(0)) + kWeekNs;
  ahead = Ahead{.release = release, .since_ns = models[0].integer(1), .week_ns = whole_ns, .reference = std::nullopt};
  if (!written.empty()) ahead->week_ns = std::max(whole_ns, written[0].integer(0) + kWeekNs);
  return ahead;
}

// An hour at a time: each is a short read by the index on received_ns.
Result<ScoreCounts> counts_of(store::Store& store, const std::string& monitor, const std::string& release,
                              std::int64_t week_ns) {
  ScoreCounts counts;
  for (std::int64_t begin_ns = week_ns; begin_ns < week_ns + kWeekNs; begin_ns += kHourNs) {
    YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(
          const auto rows,
          transaction.query("SELECT s.negative, s.neutral, s.positive FROM monitor_document d JOIN monitor_score s ON "
                            "s.monitor = d.monitor AND s.document_id = d.id AND s.topic = '' AND s.release_id = ? "
                            "WHERE d.monitor = ? AND d.received_ns >= ? AND d.received_ns < ? AND d.story = d.id",
                            {release, monitor, begin_ns, begin_ns + kHourNs}));
      for (const Row& row : rows)
        counts.add({.negative = row.real(0), .neutral = row.real(1), .positive = row.real(2)});
      return ok_status();
    }));
  }
  return counts;
}

Status count_judgements(Transaction& transaction, const std::string& monitor, DriftWeek& week) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT COUNT(*), COALESCE(SUM(CASE WHEN sentiment = counted THEN 1 ELSE 0 END), 0) FROM "
                        "monitor_document_judgement WHERE monitor = ? AND release_id = ? AND judged_ns >= ? AND "
                        "judged_ns < ?",
                        {monitor, week.release, week.week_ns, week.week_ns + kWeekNs}));
  week.judged = rows[0].integer(0);
  week.confirmed = rows[0].integer(1);
  return ok_status();
}

void compare(DriftWeek& week, const std::optional<DriftWeek>& reference) {
  if (week.counts.total() < kStoriesMin) return;
  if (!reference) {
    week.verdict = DriftVerdict::kReference;
    week.reference_ns = week.week_ns;
    return;
  }
  week.reference_ns = reference->week_ns;
  week.shift = shift_between(reference->counts, week.counts);
  week.verdict = verdict_of(*week.shift);
}

Status tell(Transaction& transaction, const std::string& monitor, std::span<const Route> routes, const DriftWeek& week,
            std::int64_t now_ns) {
  AuditEntry entry;
  entry.time_ns = now_ns;
  entry.event = "drift";
  entry.detail = week.to_text();
  YUPU_RETURN_IF_ERROR(write_audit(transaction, monitor, entry));
  for (const Route& route : routes) {
    if (!route.topics.empty()) continue;
    const OrderedJson body = {{"monitor", monitor},         {"route", route.name},           {"group", ""},
                              {"status", "drift"},          {"detail", entry.detail},        {"drift", week.to_json()},
                              {"time", format_utc(now_ns)}, {"alarms", OrderedJson::array()}};
    YUPU_RETURN_IF_ERROR(put_notice(transaction, monitor, route, body, now_ns));
  }
  return ok_status();
}

store::Value real_or_null(const std::optional<Shift>& shift, double Shift::*member) {
  return shift ? store::Value((*shift).*member) : store::Value(nullptr);
}

// True where it was not kept before.
Result<bool> keep(Transaction& transaction, const std::string& monitor, const DriftWeek& week, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t inserted,
      transaction.execute(
          "INSERT INTO monitor_drift_week (monitor, release_id, week_ns, bins, unsure, reference_ns, psi, ks, ks_tail, "
          "verdict, judged, confirmed, computed_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
          "(monitor, release_id, week_ns) DO NOTHING",
          {monitor, week.release, week.week_ns, bins_text(week.counts), week.counts.unsure, week.reference_ns,
           real_or_null(week.shift, &Shift::psi), real_or_null(week.shift, &Shift::ks),
           real_or_null(week.shift, &Shift::ks_tail), std::string(verdict_name(week.verdict)), week.judged,
           week.confirmed, now_ns}));
  return inserted > 0;
}

}  // namespace

std::int64_t week_of(std::int64_t time_ns) {
  const std::int64_t shift_ns = BaselineOptions().zone_ns - kMondayNs + kWeekNs;
  return (time_ns + shift_ns) / kWeekNs * kWeekNs - shift_ns;
}

OrderedJson DriftWeek::to_json() const {
  OrderedJson json = {{"release", release},
                      {"week", day_of(week_ns)},
                      {"begins", format_utc(week_ns)},
                      {"verdict", verdict_name(verdict)},
                      {"stories", counts.total()},
                      {"unsure", counts.unsure},
                      {"judged", judged},
                      {"confirmed", confirmed},
                      {"psi", nullptr},
                      {"ks", nullptr},
                      {"ks_tail", nullptr},
                      {"reference", nullptr}};
  if (reference_ns != 0) json["reference"] = day_of(reference_ns);
  if (shift) {
    json["psi"] = shift->psi;
    json["ks"] = shift->ks;
    json["ks_tail"] = shift->ks_tail;
  }
  return json;
}

std::string DriftWeek::to_text() const {
  const std::int64_t stories = counts.total();
  std::string text = fmt::format("week of {}: {}", day_of(week_ns), verdict_name(verdict));
  if (shift)
    text += fmt::format(", PSI {:.3f}, KS {:.3f} against the week of {}", shift->psi, shift->ks, day_of(reference_ns));
  text += fmt::format("; {} stories, {:.1f} % of them unsure", stories,
                      stories == 0 ? 0.0 : 100.0 * static_cast<double>(counts.unsure) / static_cast<double>(stories));
  if (judged > 0) text += fmt::format("; {} of {} judged sentiments were right", confirmed, judged);
  return text + fmt::format("; model {}", release);
}

Result<std::vector<DriftWeek>> watch_drift(store::Store& store, const std::string& monitor,
                                           std::span<const Route> routes, std::int64_t now_ns) {
  std::vector<DriftWeek> weeks;
  while (true) {
    std::optional<Ahead> ahead;
    bool is_over = false;
    YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(ahead, look_ahead(transaction, monitor));
      is_over = ahead && now_ns >= ahead->week_ns + kWeekNs + kSettleNs;
      if (!is_over) return ok_status();
      YUPU_ASSIGN_OR_RETURN(ahead->reference, reference_of(transaction, monitor, ahead->release));
      return ok_status();
    }));
    if (!is_over) return weeks;
    DriftWeek week{.release = ahead->release, .week_ns = ahead->week_ns};
    YUPU_ASSIGN_OR_RETURN(week.counts, counts_of(store, monitor, week.release, week.week_ns));
    compare(week, ahead->reference);
    YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR(count_judgements(transaction, monitor, week));
      YUPU_ASSIGN_OR_RETURN(const bool is_new, keep(transaction, monitor, week, now_ns));
      if (!is_new || week.verdict != DriftVerdict::kDrifted || !is_news(*ahead, now_ns)) return ok_status();
      return tell(transaction, monitor, routes, week, now_ns);
    }));
    weeks.push_back(std::move(week));
  }
}

Result<std::vector<DriftWeek>> drift_weeks(store::Store& store, const std::string& monitor, std::int64_t limit) {
  std::vector<DriftWeek> weeks;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(std::string(kColumns) + "ORDER BY week_ns DESC, computed_ns DESC LIMIT ?", {monitor, limit}));
    weeks.clear();
    for (const Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(DriftWeek week, week_in(row));
      weeks.push_back(std::move(week));
    }
    return ok_status();
  }));
  return weeks;
}

Result<DriftWeek> rebase_drift(store::Store& store, const std::string& monitor, const std::string& who,
                               std::int64_t now_ns) {
  DriftWeek week;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(std::string(kColumns) + "AND release_id = (SELECT release_id FROM monitor_model WHERE "
                                                  "monitor_model.monitor = monitor_drift_week.monitor) ORDER BY "
                                                  "week_ns DESC LIMIT 1",
                          {monitor}));
    if (rows.empty()) return not_found("no week of the model whose scores count is over yet");
    YUPU_ASSIGN_OR_RETURN(week, week_in(rows[0]));
    if (week.verdict == DriftVerdict::kReference)
      return conflict(fmt::format("the week of {} is the reference already", day_of(week.week_ns)));
    if (week.counts.total() < kStoriesMin)
      return conflict(fmt::format("the week of {} has fewer than {} stories", day_of(week.week_ns), kStoriesMin));
    week.verdict = DriftVerdict::kReference;
    week.reference_ns = week.week_ns;
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("UPDATE monitor_drift_week SET verdict = 'reference', reference_ns = week_ns WHERE monitor = ? "
                     "AND release_id = ? AND week_ns = ?",
                     {monitor, week.release, week.week_ns})
            .status());
    AuditEntry entry;
    entry.time_ns = now_ns;
    entry.event = "drift_rebased";
    entry.who = who;
    entry.detail = fmt::format("to the week of {}, model {}", day_of(week.week_ns), week.release);
    return write_audit(transaction, monitor, entry);
  }));
  return week;
}

}  // namespace yupu::monitor
