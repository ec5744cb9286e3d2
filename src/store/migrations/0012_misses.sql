-- What people have made of questions that were not answered. See src/feedback/misses/. No texts: ids of traces alone.
-- A settled question is in no cluster any more.
CREATE TABLE miss_settled (
  tenant_id TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  label TEXT NOT NULL,       -- accepted as a row of this intent; '' for ignored
  settled_by TEXT NOT NULL,  -- an agent's id; '' for the command line
  settled_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, trace_id)
);
-- Two questions a person has said belong together: their clusters are one.
CREATE TABLE miss_merge (
  tenant_id TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  into_trace_id TEXT NOT NULL,
  merged_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, trace_id)
);
-- Intents that people opened for such questions: the next dataset may have rows of them.
CREATE TABLE new_intent (
  model TEXT NOT NULL,
  label TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  opened_ns INTEGER NOT NULL,
  PRIMARY KEY (model, label)
);
