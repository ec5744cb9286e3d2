-- Whose streams which server holds, told to the other servers on the same store. See src/products/service/agents/presence.h.
CREATE TABLE agent_presence (
  agent_id TEXT NOT NULL,
  server TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  seen_ns INTEGER NOT NULL,
  PRIMARY KEY (agent_id, server)
);
