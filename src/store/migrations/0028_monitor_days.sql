-- How long documents took until they were counted, by the hour (src/products/monitor/documents/latency.h).
CREATE TABLE monitor_latency (
  monitor TEXT NOT NULL,
  hour_ns INTEGER NOT NULL,     -- in which they were counted: where it begins
  span TEXT NOT NULL,           -- capture, intake, total
  bin INTEGER NOT NULL,
  count INTEGER NOT NULL,
  total_ms INTEGER NOT NULL,
  PRIMARY KEY (monitor, hour_ns, span, bin)
);

-- What monitor_count and monitor_count_publisher hold, by the day of UTC: what is asked of a month is not added up from
-- five minutes (src/products/monitor/documents/days.h).
CREATE TABLE monitor_day (
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  day_ns INTEGER NOT NULL,      -- where it begins
  total INTEGER NOT NULL,
  negative INTEGER NOT NULL,
  positive INTEGER NOT NULL,
  PRIMARY KEY (monitor, topic, day_ns)
);
CREATE TABLE monitor_day_publisher (
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  day_ns INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  PRIMARY KEY (monitor, topic, day_ns, publisher)
);
INSERT INTO monitor_day (monitor, topic, day_ns, total, negative, positive)
SELECT monitor, topic, bucket_ns / 86400000000000 * 86400000000000, SUM(total), SUM(negative), SUM(positive)
FROM monitor_count GROUP BY monitor, topic, bucket_ns / 86400000000000 * 86400000000000;
INSERT INTO monitor_day_publisher (monitor, topic, day_ns, publisher)
SELECT DISTINCT monitor, topic, bucket_ns / 86400000000000 * 86400000000000, publisher FROM monitor_count_publisher;
