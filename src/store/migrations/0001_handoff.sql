-- Records between stages, and which release answers. See src/handoff/.
CREATE TABLE record (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  parents TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX record_kind_name ON record (kind, name, created_ns);

CREATE TABLE live_release (
  sequence INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  release_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_ns INTEGER NOT NULL
);
CREATE INDEX live_release_model ON live_release (model, sequence);

-- One answered call: what was asked and decided, for feedback, misses and reports. Text is personal data: see docs/operate.
CREATE TABLE trace (
  trace_id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  route TEXT NOT NULL,
  model TEXT NOT NULL,
  release_id TEXT NOT NULL,
  text TEXT NOT NULL,
  decision TEXT NOT NULL,
  label TEXT NOT NULL,
  score REAL NOT NULL,
  body TEXT NOT NULL,
  created_ns INTEGER NOT NULL
);
CREATE INDEX trace_tenant ON trace (tenant_id, created_ns);

-- Append-only; the last row of a (trace, author) counts.
CREATE TABLE feedback (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  rating INTEGER,
  correction TEXT,
  reason TEXT NOT NULL,
  created_ns INTEGER NOT NULL
);
CREATE INDEX feedback_trace ON feedback (trace_id, created_ns);

-- Stored answers of an Idempotency-Key.
CREATE TABLE idempotency (
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  status INTEGER NOT NULL,
  response TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, key, route)
);

-- Stages of `yupu run`: done for this input.
CREATE TABLE stage (
  strategy TEXT NOT NULL,
  stage TEXT NOT NULL,
  input_sha256 TEXT NOT NULL,
  output TEXT NOT NULL,
  finished_ns INTEGER NOT NULL,
  PRIMARY KEY (strategy, stage)
);
