#include "products/monitor/documents/days.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace yupu::monitor {
namespace {

using store::Transaction;

// Whole days in [first_ns, last_ns), and what is before and behind them.
struct Parts {
  std::int64_t first_ns = 0, last_ns = 0;
};
Parts parts_of(std::int64_t begin_ns, std::int64_t end_ns) {
  Parts parts{.first_ns = (begin_ns + kDayNs - 1) / kDayNs * kDayNs, .last_ns = end_ns / kDayNs * kDayNs};
  if (parts.first_ns >= parts.last_ns) parts.first_ns = parts.last_ns = end_ns;  // none: all of it is before them
  return parts;
}

// Of a topic in [begin_ns, end_ns), `columns` from the table of buckets and, for the whole days, from that of days.
struct RangeQuery {
  std::string rows;  // a select of all parts
  std::vector<store::Value> parameters;
};
RangeQuery rows_between(std::string_view columns, std::string_view buckets, std::string_view days,
                        std::string_view join, const std::string& monitor, const std::string& topic,
                        std::int64_t begin_ns, std::int64_t end_ns) {
  const Parts parts = parts_of(begin_ns, end_ns);
  RangeQuery query;
  const auto add = [&](std::string_view table, std::string_view time, std::int64_t first_ns, std::int64_t last_ns) {
    if (!query.rows.empty()) query.rows += join;
    query.rows += fmt::format("SELECT {} FROM {} WHERE monitor = ? AND topic = ? AND {} >= ? AND {} < ?", columns,
                              table, time, time);
    query.parameters.insert(query.parameters.end(), {monitor, topic, first_ns, last_ns});
  };
  add(buckets, "bucket_ns", begin_ns, parts.first_ns);
  add(days, "day_ns", parts.first_ns, parts.last_ns);
  add(buckets, "bucket_ns", parts.last_ns, end_ns);
  return query;
}

}  // namespace

void DayTally::add(const std::string& topic, std::int64_t bucket_ns, const std::string& publisher,
                   Sentiment sentiment) {
  Day& day = days_[{topic, bucket_ns / kDayNs * kDayNs}];
  ++day.total;
  if (sentiment == Sentiment::kNegative) ++day.negative;
  if (sentiment == Sentiment::kPositive) ++day.positive;
  day.publishers.insert(publisher);
}

Status DayTally::keep(Transaction& transaction, const std::string& monitor) const {
  for (const auto& [place, day] : days_) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_day (monitor, topic, day_ns, total, negative, positive) VALUES (?, ?, ?, ?, "
                     "?, ?) ON CONFLICT (monitor, topic, day_ns) DO UPDATE SET total = monitor_day.total + "
                     "excluded.total, negative = monitor_day.negative + excluded.negative, positive = "
                     "monitor_day.positive + excluded.positive",
                     {monitor, place.first, place.second, day.total, day.negative, day.positive})
            .status());
    for (const std::string& publisher : day.publishers) {
      YUPU_RETURN_IF_ERROR(transaction
                               .execute("INSERT INTO monitor_day_publisher (monitor, topic, day_ns, publisher) VALUES "
                                        "(?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                        {monitor, place.first, place.second, publisher})
                               .status());
    }
  }
  return ok_status();
}

Status move_day(Transaction& transaction, const std::string& monitor, const std::string& topic, std::int64_t bucket_ns,
                std::int64_t negative, std::int64_t positive) {
  return transaction
      .execute(
          "UPDATE monitor_day SET negative = negative + ?, positive = positive + ? WHERE monitor = ? AND topic = ? "
          "AND day_ns = ?",
          {negative, positive, monitor, topic, bucket_ns / kDayNs * kDayNs})
      .status();
}

Result<TopicSum> sum_topic(store::Store& store, const std::string& monitor, const std::string& topic,
                           std::int64_t begin_ns, std::int64_t end_ns) {
  TopicSum sum;
  const RangeQuery counted = rows_between("total, negative, positive", "monitor_count", "monitor_day", " UNION ALL ",
                                          monitor, topic, begin_ns, end_ns);
  const RangeQuery told = rows_between("publisher", "monitor_count_publisher", "monitor_day_publisher", " UNION ",
                                       monitor, topic, begin_ns, end_ns);
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto counts,
        transaction.query("SELECT COALESCE(SUM(total), 0), COALESCE(SUM(negative), 0), COALESCE(SUM(positive), 0) "
                          "FROM (" +
                              counted.rows + ") AS parts",
                          counted.parameters));
    sum.total = counts[0].integer(0);
    sum.negative = counts[0].integer(1);
    sum.positive = counts[0].integer(2);
    YUPU_ASSIGN_OR_RETURN(const auto publishers,
                          transaction.query("SELECT COUNT(*) FROM (" + told.rows + ") AS parts", told.parameters));
    sum.publishers = publishers[0].integer(0);
    return ok_status();
  }));
  return sum;
}

}  // namespace yupu::monitor
