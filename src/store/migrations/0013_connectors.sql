-- Messages from and to other networks. See src/products/service/connectors/. Texts are personal data.

-- Each once, however often the network delivers it.
CREATE TABLE connector_event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  connector TEXT NOT NULL,
  event_id TEXT NOT NULL,         -- the network's
  peer TEXT NOT NULL,
  text TEXT NOT NULL,             -- '' once it is answered
  content_sha256 TEXT NOT NULL,   -- of peer and text; '' when its conversation was deleted
  reply_to TEXT NOT NULL,         -- JSON
  state TEXT NOT NULL CHECK (state IN ('waiting', 'answered', 'dead')),
  conversation_id TEXT NOT NULL,  -- '' until it is answered
  attempts INTEGER NOT NULL,
  received_ns INTEGER NOT NULL,
  next_ns INTEGER NOT NULL,       -- of the next attempt
  last_error TEXT NOT NULL,
  UNIQUE (connector, event_id)
);
CREATE INDEX connector_event_waiting ON connector_event (connector, peer, sequence) WHERE state = 'waiting';
CREATE INDEX connector_event_answered ON connector_event (received_ns) WHERE state = 'answered';
CREATE INDEX connector_event_conversation ON connector_event (conversation_id) WHERE conversation_id <> '';

-- Who is told what is said in a conversation.
CREATE TABLE connector_conversation (
  conversation_id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  connector TEXT NOT NULL,
  peer TEXT NOT NULL,
  reply_to TEXT NOT NULL,         -- JSON, of the peer's last message
  options TEXT NOT NULL,          -- JSON array: intents of the buttons shown last
  told_sequence INTEGER NOT NULL, -- of the last message of a person that was taken from it
  heard_ns INTEGER NOT NULL
);
CREATE INDEX connector_conversation_peer ON connector_conversation (connector, peer, heard_ns);

CREATE TABLE connector_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,        -- the same in every attempt
  connector TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  peer TEXT NOT NULL,
  event_id TEXT NOT NULL,         -- that it answers; '' for what a person says
  author TEXT NOT NULL,           -- bot, person
  agent TEXT NOT NULL,
  text TEXT NOT NULL,             -- '' some time after it was sent
  reply_to TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts INTEGER NOT NULL,
  created_ns INTEGER NOT NULL,
  next_ns INTEGER NOT NULL,
  sent_ns INTEGER,
  last_error TEXT NOT NULL
);
CREATE INDEX connector_outbox_waiting ON connector_outbox (connector, peer, sequence) WHERE state = 'waiting';
CREATE INDEX connector_outbox_event ON connector_outbox (connector, event_id) WHERE event_id <> '';
CREATE INDEX connector_outbox_conversation ON connector_outbox (conversation_id);
CREATE INDEX connector_outbox_sent ON connector_outbox (sent_ns) WHERE state = 'sent';
