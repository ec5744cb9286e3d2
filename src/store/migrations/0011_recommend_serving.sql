-- Recommendation as a service: see src/products/recommend/serve/.
-- Grows with every write, so that whoever keeps a tenant's record in memory sees that it has changed.
CREATE TABLE recommend_revision (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  items INTEGER NOT NULL,
  events INTEGER NOT NULL
);
-- Items taken down: in no list and in no reason from the next request on.
CREATE TABLE recommend_hidden (
  tenant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  hidden_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, item_id)
);
-- Lists that were given out, with what they were put in order by.
CREATE TABLE recommend_impression (
  tenant_id TEXT NOT NULL,
  impression_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  time_ns INTEGER NOT NULL,
  surface TEXT NOT NULL,
  items TEXT NOT NULL,          -- JSON: [{"item", "position", "score", "features": {name: value}}]
  PRIMARY KEY (tenant_id, impression_id)
);
CREATE INDEX recommend_impression_user ON recommend_impression (tenant_id, user_id, time_ns);
