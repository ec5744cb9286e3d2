-- What a model has made of the monitor's documents, and which one (src/products/monitor/sentiment/rescore.h); and when
-- nothing was watched (src/products/monitor/alarms/gaps.h).
CREATE TABLE monitor_score (      -- of a document that came without a sentiment
  monitor TEXT NOT NULL,
  document_id INTEGER NOT NULL,
  topic TEXT NOT NULL,            -- '': the document as a whole; else what it says of the topic
  release_id TEXT NOT NULL,       -- of the model
  revision INTEGER NOT NULL,      -- of the document
  sentiment TEXT NOT NULL,        -- the likeliest
  negative REAL NOT NULL,         -- probabilities
  neutral REAL NOT NULL,
  positive REAL NOT NULL,
  scored_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, document_id, topic, release_id)
);
CREATE INDEX monitor_score_release ON monitor_score (monitor, release_id, document_id);
CREATE TABLE monitor_model (      -- whose scores are counted now
  monitor TEXT PRIMARY KEY,
  release_id TEXT NOT NULL,
  since_ns INTEGER NOT NULL
);
-- The documents behind a point of a chart.
CREATE INDEX monitor_mention_published ON monitor_mention (monitor, topic, published_ns);
-- Part of the log that the detection reads: behind the mention `after_sequence`.
CREATE TABLE monitor_gap (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  begins INTEGER NOT NULL CHECK (begins IN (0, 1)), -- 0: it ends
  since_ns INTEGER NOT NULL,                        -- of a beginning: since when nothing could be seen
  told_ns INTEGER NOT NULL,                         -- the monitor's clock then
  after_sequence INTEGER NOT NULL
);
CREATE INDEX monitor_gap_topic ON monitor_gap (monitor, topic, sequence);
