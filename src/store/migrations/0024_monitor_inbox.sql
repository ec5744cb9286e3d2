-- Documents that were pushed over HTTP and wait for whoever runs the monitor (src/products/monitor/documents/inbox.h).
CREATE TABLE monitor_inbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  source TEXT NOT NULL,
  received_ns INTEGER NOT NULL,
  document TEXT NOT NULL        -- JSON, as it was pushed
);
CREATE INDEX monitor_inbox_monitor ON monitor_inbox (monitor, sequence);
CREATE TABLE monitor_inbox_minute ( -- how many rows were pushed in a minute: the quota
  monitor TEXT NOT NULL,
  minute INTEGER NOT NULL,      -- since 1970
  count INTEGER NOT NULL,
  PRIMARY KEY (monitor, minute)
);
