-- Items that can be recommended and what users did with them: see src/products/recommend/event_store.h.
CREATE TABLE recommend_item (
  tenant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,        -- the caller's
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,           -- JSON array
  created_ns INTEGER,           -- NULL: it has always been there
  changed_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, item_id)
);
-- The caller's event id makes an event that is sent again the same event.
CREATE TABLE recommend_event (
  tenant_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  item_id TEXT NOT NULL,        -- may come before its item does
  kind TEXT NOT NULL,
  time_ns INTEGER NOT NULL,     -- when it happened; in any order
  received_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX recommend_event_user ON recommend_event (tenant_id, user_id, time_ns);
