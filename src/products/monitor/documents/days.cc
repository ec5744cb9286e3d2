#include "products/monitor/documents/days.h"

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
  const Parts days = parts_of(begin_ns, end_ns);
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto counts,
        transaction.query(
            "SELECT COALESCE(SUM(total), 0), COALESCE(SUM(negative), 0), COALESCE(SUM(positive), 0) FROM (SELECT "
            "total, "
            "negative, positive FROM monitor_count WHERE monitor = ? AND topic = ? AND bucket_ns >= ? AND bucket_ns < "
            "? "
            "UNION ALL SELECT total, negative, positive FROM monitor_day WHERE monitor = ? AND topic = ? AND day_ns >= "
            "? AND day_ns < ? UNION ALL SELECT total, negative, positive FROM monitor_count WHERE monitor = ? AND "
            "topic "
            "= ? AND bucket_ns >= ? AND bucket_ns < ?) AS parts",
            {monitor, topic, begin_ns, days.first_ns, monitor, topic, days.first_ns, days.last_ns, monitor, topic,
             days.last_ns, end_ns}));
    sum.total = counts[0].integer(0);
    sum.negative = counts[0].integer(1);
    sum.positive = counts[0].integer(2);
    YUPU_ASSIGN_OR_RETURN(
        const auto publishers,
        transaction.query(
            "SELECT COUNT(*) FROM (SELECT publisher FROM monitor_count_publisher WHERE monitor = ? AND topic = ? AND "
            "bucket_ns >= ? AND bucket_ns < ? UNION SELECT publisher FROM monitor_day_publisher WHERE monitor = ? AND "
            "topic = ? AND day_ns >= ? AND day_ns < ? UNION SELECT publisher FROM monitor_count_publisher WHERE "
            "monitor "
            "= ? AND topic = ? AND bucket_ns >= ? AND bucket_ns < ?) AS parts",
            {monitor, topic, begin_ns, days.first_ns, monitor, topic, days.first_ns, days.last_ns, monitor, topic,
             days.last_ns, end_ns}));
    sum.publishers = publishers[0].integer(0);
    return ok_status();
  }));
  return sum;
}

}  // namespace yupu::monitor
