-- At which revision of the tenant's record a row was written, so that who keeps it in memory reads what is new alone:
-- src/products/recommend/live_collection.h. 0: before there were any.
ALTER TABLE recommend_item ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;   -- of recommend_revision.items
ALTER TABLE recommend_event ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;  -- of recommend_revision.events
ALTER TABLE recommend_revision ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;  -- how often something was taken away
CREATE INDEX recommend_item_revision ON recommend_item (tenant_id, revision, item_id);
CREATE INDEX recommend_event_revision ON recommend_event (tenant_id, revision, event_id);
