-- Who a notice is for where a route has several (a mail each), and what people say of the monitor's results
-- (src/products/monitor/judgements/judgements.h).
ALTER TABLE monitor_notice ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
CREATE TABLE monitor_document_judgement (
  monitor TEXT NOT NULL,
  document_id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  text TEXT NOT NULL,             -- what was judged; kept when the document is forgotten
  counted TEXT NOT NULL,          -- the sentiment it was counted with
  release_id TEXT NOT NULL,       -- whose sentiment that is; '': the document's own
  sentiment TEXT NOT NULL,        -- what it is
  judged_by TEXT NOT NULL,
  judged_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, document_id, topic)
);
CREATE TABLE monitor_alarm_judgement (
  monitor TEXT NOT NULL,
  alarm TEXT NOT NULL,
  justified INTEGER NOT NULL CHECK (justified IN (0, 1)), -- 0: a false alarm
  note TEXT NOT NULL,
  judged_by TEXT NOT NULL,
  judged_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, alarm)
);
