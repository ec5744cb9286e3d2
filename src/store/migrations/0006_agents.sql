-- People who answer, and the conversations that wait for them or are with them. See src/products/service/agents/.
CREATE TABLE agent (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  token_sha256 TEXT NOT NULL UNIQUE,  -- of 256 random bits
  skills TEXT NOT NULL,               -- JSON array
  conversations_max INTEGER NOT NULL,
  created_ns INTEGER NOT NULL,
  removed_ns INTEGER
);
CREATE UNIQUE INDEX agent_name ON agent (tenant_id, name) WHERE removed_ns IS NULL;

-- One row while a conversation's status is 'waiting'.
CREATE TABLE handover (
  conversation_id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  intent TEXT NOT NULL,  -- what it is about; '' when nobody knows
  lang TEXT NOT NULL,
  queued_ns INTEGER NOT NULL,
  agent_id TEXT  -- NULL: nobody's yet
);
CREATE INDEX handover_tenant ON handover (tenant_id, queued_ns);
INSERT INTO handover (conversation_id, tenant_id, intent, lang, queued_ns)
  SELECT id, tenant_id, '', '', active_ns FROM conversation WHERE status = 'waiting';

-- How to reach a visitor who found nobody on duty. Personal data, as the texts of message are.
CREATE TABLE ticket (
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  contact TEXT NOT NULL,
  text TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id)
);

ALTER TABLE message ADD COLUMN agent_id TEXT NOT NULL DEFAULT '';  -- of author 'person'; its trace_id is the sender's own id
