-- Visitors of a public bot, who have no API key. See src/serving/visitors/.
CREATE TABLE visitor_token (
  token_sha256 TEXT PRIMARY KEY,  -- the token itself is only with the visitor
  tenant_id TEXT NOT NULL,
  bot TEXT NOT NULL,
  visitor_id TEXT NOT NULL,
  expires_ns INTEGER NOT NULL,
  followed_ns INTEGER NOT NULL    -- when the token after it was handed out last; 0: not yet
);
CREATE INDEX visitor_token_expires ON visitor_token (expires_ns);

-- Visitors the shop has vouched for: the same one whenever they come. A user_id is personal data.
CREATE TABLE visitor_identity (
  tenant_id TEXT NOT NULL,
  bot TEXT NOT NULL,
  user_id TEXT NOT NULL,
  visitor_id TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, bot, user_id)
);

-- Whose a conversation is. One that is not here began with an API key, or on the demo page.
CREATE TABLE visitor_conversation (
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  visitor_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id)
);
CREATE INDEX visitor_conversation_visitor ON visitor_conversation (tenant_id, visitor_id);
