-- How a model's scores were distributed week by week (src/products/monitor/drift/drift.h). Kept when documents are
-- forgotten.
CREATE TABLE monitor_drift_week (
  monitor TEXT NOT NULL,
  release_id TEXT NOT NULL,       -- of the model
  week_ns INTEGER NOT NULL,       -- where it begins
  bins TEXT NOT NULL,             -- JSON: stories by the log-odds of being negative
  unsure INTEGER NOT NULL,        -- stories of which the likeliest sentiment has a low probability
  reference_ns INTEGER NOT NULL,  -- the week it was compared with; its own where it is the reference
  psi REAL,                       -- NULL: not compared
  ks REAL,
  ks_tail REAL,
  verdict TEXT NOT NULL,
  judged INTEGER NOT NULL,        -- sentiments of this model that somebody judged in this week
  confirmed INTEGER NOT NULL,     -- and those that were right
  computed_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, release_id, week_ns)
);
