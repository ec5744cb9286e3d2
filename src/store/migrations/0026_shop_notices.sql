-- What a shop's routes were told of (src/products/service/agents/notices.h); the notices themselves stand in
-- monitor_notice. Row ('waiting', ''): when the route was last told of visitors who wait.
CREATE TABLE shop_told (
  shop TEXT NOT NULL,     -- the strategy's name
  route TEXT NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,  -- a conversation, a round
  told_ns INTEGER NOT NULL,
  PRIMARY KEY (shop, route, event, subject)
);

-- Rounds that were carried out: of improvement, and of conversation tests (src/strategy/rounds.h).
CREATE TABLE shop_round (
  id TEXT PRIMARY KEY,
  shop TEXT NOT NULL,
  kind TEXT NOT NULL,            -- improve, tests
  why TEXT NOT NULL,             -- which rule began it, or 'asked for'
  input TEXT NOT NULL,           -- what it learned from: a hash
  corrections INTEGER NOT NULL,  -- that there were
  started_ns INTEGER NOT NULL,
  ended_ns INTEGER,              -- NULL: under way, or its process is gone
  outcome TEXT NOT NULL,         -- running, interrupted, released, refused, nothing, failed, passed, changed
  reason TEXT NOT NULL,
  run_id TEXT NOT NULL,
  release_id TEXT NOT NULL
);
CREATE INDEX shop_round_started ON shop_round (shop, started_ns);

-- What people made of answers that were drawn for them (src/feedback/report/review.h).
CREATE TABLE answer_review (
  tenant_id TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  is_right INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, trace_id)
);
