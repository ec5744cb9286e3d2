-- A place of some lists is drawn (src/products/recommend/serve/exploration.h): which, from 1; 0: none. How likely each row
-- was to stand where it stands is in the rows of `items`.
ALTER TABLE recommend_impression ADD COLUMN explored INTEGER NOT NULL DEFAULT 0;

-- What a tenant says about its lists beside what is learned (src/products/recommend/serve/policy.h): JSON.
CREATE TABLE recommend_policy (
  tenant_id TEXT PRIMARY KEY,
  rules TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_ns INTEGER NOT NULL
);

-- What else the sender says of an event; NULL: nothing.
ALTER TABLE recommend_event ADD COLUMN value REAL;             -- a price, seconds, stars: the sender's
ALTER TABLE recommend_event ADD COLUMN impression_id TEXT;     -- the list it came from
ALTER TABLE recommend_event ADD COLUMN list_position INTEGER;  -- where in it the item stood, from 1
ALTER TABLE recommend_event ADD COLUMN surface TEXT;
