-- Which release, and which arm of an experiment, made a list; and the ids that were in it, without what they were ordered
-- by. Releases themselves are records: see src/products/recommend/serve/releases.h.
ALTER TABLE recommend_impression ADD COLUMN release_id TEXT NOT NULL DEFAULT '';  -- '': none was live
ALTER TABLE recommend_impression ADD COLUMN experiment TEXT NOT NULL DEFAULT '';  -- '': none ran
ALTER TABLE recommend_impression ADD COLUMN arm TEXT NOT NULL DEFAULT '';         -- champion, challenger
ALTER TABLE recommend_impression ADD COLUMN shown TEXT NOT NULL DEFAULT '[]';     -- JSON array of ids, the first on top
CREATE INDEX recommend_impression_time ON recommend_impression (tenant_id, time_ns);
CREATE INDEX recommend_event_time ON recommend_event (tenant_id, time_ns);
