-- Conversations with a bot, and what was said in them. See src/products/service/conversation/. Text is personal data.
CREATE TABLE conversation (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  bot TEXT NOT NULL,
  channel TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('bot', 'waiting', 'closed')),  -- waiting: for a person
  priority INTEGER NOT NULL,
  turn_count INTEGER NOT NULL,  -- grows with every change: who writes on an older one has read what is no more
  state TEXT NOT NULL,          -- conversation/state.h
  created_ns INTEGER NOT NULL,
  active_ns INTEGER NOT NULL
);
CREATE INDEX conversation_tenant ON conversation (tenant_id, active_ns);
CREATE INDEX conversation_waiting ON conversation (tenant_id, priority, active_ns) WHERE status = 'waiting';

CREATE TABLE message (
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('visitor', 'bot', 'person')),
  text TEXT NOT NULL,
  trace_id TEXT NOT NULL,  -- of the call it belongs to
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, sequence)
);
