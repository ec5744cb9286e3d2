-- Events that come from somewhere that is read on (a topic of Kafka): src/products/recommend/event_intake.h.
CREATE TABLE recommend_source (
  tenant_id TEXT NOT NULL,
  source TEXT NOT NULL,
  position TEXT NOT NULL,       -- what was read up to; written with the events
  read_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source)
);
CREATE TABLE recommend_source_outcome (  -- what became of a source's messages
  tenant_id TEXT NOT NULL,
  source TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  last_detail TEXT NOT NULL,    -- why, where it was refused; no member of a message
  PRIMARY KEY (tenant_id, source, outcome)
);
