-- Sponsored items: see src/products/recommend/serve/sponsored/. Amounts are ufen; days are of Asia/Shanghai.
CREATE TABLE recommend_campaign (
  tenant_id TEXT NOT NULL,        -- in whose lists it stands
  campaign TEXT NOT NULL,
  payer_id TEXT NOT NULL,         -- the tenant that pays
  item_id TEXT NOT NULL,
  bid_ufen INTEGER NOT NULL CHECK (bid_ufen > 0),        -- the most a click may cost
  budget_ufen INTEGER NOT NULL CHECK (budget_ufen > 0),  -- the most a day may cost
  state TEXT NOT NULL CHECK (state IN ('running', 'stopped')),
  changed_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, campaign)
);
-- What a campaign had of a day.
CREATE TABLE recommend_campaign_day (
  tenant_id TEXT NOT NULL,
  campaign TEXT NOT NULL,
  day TEXT NOT NULL,
  shown INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  spent_ufen INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, campaign, day)
);
-- Every time one was shown, and what its click cost. Names no user: the list it stood beside does.
CREATE TABLE recommend_sponsored (
  tenant_id TEXT NOT NULL,
  impression_id TEXT NOT NULL,
  campaign TEXT NOT NULL,
  payer_id TEXT NOT NULL,
  item_id TEXT NOT NULL,          -- what stood in the slot
  price_ufen INTEGER NOT NULL,    -- of a click
  shown_ns INTEGER NOT NULL,
  clicked_ns INTEGER,             -- NULL: not yet
  booked_ufen INTEGER NOT NULL,   -- less than the price where the day's budget ended
  PRIMARY KEY (tenant_id, impression_id)
);
