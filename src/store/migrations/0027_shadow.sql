-- The candidate that reads each call as it comes in, beside the live release (src/handoff/shadow.h). One of a model.
CREATE TABLE shadow_candidate (
  model TEXT PRIMARY KEY,
  candidate_id TEXT NOT NULL,  -- record of kind run or release
  started_by TEXT NOT NULL,
  started_ns INTEGER NOT NULL,
  dropped INTEGER NOT NULL,    -- calls it had no time for
  failed INTEGER NOT NULL,     -- calls it could not read
  problem TEXT NOT NULL,       -- why a server does not read with it; '': none
  refused TEXT NOT NULL        -- why the round that began it did not release it; '': it is not judged yet
);

-- What the two decided, counted. No text.
CREATE TABLE shadow_count (
  model TEXT NOT NULL,
  candidate_id TEXT NOT NULL,
  release_id TEXT NOT NULL,          -- the live one at the time
  intent TEXT NOT NULL,              -- as the live one read it
  live_decision TEXT NOT NULL,
  candidate_decision TEXT NOT NULL,
  is_changed INTEGER NOT NULL,       -- another decision, or another intent
  calls INTEGER NOT NULL,
  PRIMARY KEY (model, candidate_id, release_id, intent, live_decision, candidate_decision, is_changed)
);

-- The newest calls they decided otherwise; what was asked stands in trace alone, and goes with it.
CREATE TABLE shadow_difference (
  model TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  candidate_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  live_decision TEXT NOT NULL,
  live_label TEXT NOT NULL,
  live_score REAL NOT NULL,
  candidate_decision TEXT NOT NULL,
  candidate_label TEXT NOT NULL,
  candidate_score REAL NOT NULL,
  read_ns INTEGER NOT NULL,
  PRIMARY KEY (model, trace_id)
);
CREATE INDEX shadow_difference_read ON shadow_difference (model, read_ns);
