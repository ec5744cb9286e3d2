#include "products/monitor/documents/counts.h"

#include "base/clock.h"

namespace yupu::monitor {

OrderedJson BucketCount::to_json() const {
  return {{"begins", format_utc(bucket_ns)},
          {"total", total},
          {"negative", negative},
          {"positive", positive},
          {"publishers", publishers}};
}

OrderedJson TopicCount::to_json() const {
  OrderedJson rows = OrderedJson::array();
  for (const BucketCount& bucket : buckets) rows.push_back(bucket.to_json());
  return {{"topic", topic},       {"total", total},           {"negative", negative},
          {"positive", positive}, {"publishers", publishers}, {"buckets", rows}};
}

OrderedJson SourceOutcome::to_json() const {
  return {{"source", source},
          {"outcome", outcome},
          {"count", count},
          {"last", format_utc(last_ns)},
          {"detail", last_detail}};
}

Result<TopicCount> count_topic(store::Store& store, const std::string& monitor, const std::string& topic,
                               std::int64_t begin_ns, std::int64_t end_ns) {
  TopicCount count;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    count = {};
    count.topic = topic;
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT c.bucket_ns, c.total, c.negative, c.positive, (SELECT COUNT(*) FROM "
                          "monitor_count_publisher p WHERE p.monitor = c.monitor AND p.topic = c.topic AND p.bucket_ns "
                          "= c.bucket_ns) FROM monitor_count c WHERE c.monitor = ? AND c.topic = ? AND c.bucket_ns >= "
                          "? AND c.bucket_ns < ? ORDER BY c.bucket_ns",
                          {monitor, topic, begin_ns, end_ns}));
    for (const store::Row& row : rows) {
      count.buckets.push_back({.bucket_ns = row.integer(0),
                               .total = row.integer(1),
                               .negative = row.integer(2),
                               .positive = row.integer(3),
                               .publishers = row.integer(4)});
      count.total += row.integer(1);
      count.negative += row.integer(2);
      count.positive += row.integer(3);
    }
    YUPU_ASSIGN_OR_RETURN(const auto publishers,
                          transaction.query("SELECT COUNT(DISTINCT publisher) FROM monitor_count_publisher WHERE "
                                            "monitor = ? AND topic = ? AND bucket_ns >= ? AND bucket_ns < ?",
                                            {monitor, topic, begin_ns, end_ns}));
    count.publishers = publishers[0].integer(0);
    return ok_status();
  }));
  return count;
}

Result<std::vector<SourceOutcome>> source_outcomes(store::Store& store, const std::string& monitor) {
  std::vector<SourceOutcome> outcomes;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    outcomes.clear();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT source, outcome, count, last_ns, last_detail FROM monitor_outcome "
                                            "WHERE monitor = ? ORDER BY source, outcome",
                                            {monitor}));
    for (const store::Row& row : rows)
      outcomes.push_back({.source = row.text(0),
                          .outcome = row.text(1),
                          .count = row.integer(2),
                          .last_ns = row.integer(3),
                          .last_detail = row.text(4)});
    return ok_status();
  }));
  return outcomes;
}

Result<std::int64_t> monitor_now(store::Store& store, const std::string& monitor) {
  std::int64_t now_ns = 0;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT now_ns FROM monitor_clock WHERE monitor = ?", {monitor}));
    if (!rows.empty()) now_ns = rows[0].integer(0);
    return ok_status();
  }));
  return now_ns;
}

}  // namespace yupu::monitor
