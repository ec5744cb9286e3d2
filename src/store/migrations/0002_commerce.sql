-- Commerce: who calls, at which price, what was used, and the books. See src/commerce/.
-- Amounts are ufen (10^-6 fen); times UTC ns; months are natural months in Asia/Shanghai, "2026-11".

-- Grows with every change of a tenant, key or plan: a server notices changes made by another process by reading one row.
CREATE TABLE commerce_change (id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL);
INSERT INTO commerce_change (id, sequence) VALUES (1, 1);

-- What a secret kept outside the database must answer, so that a lost pepper file is noticed and not silently replaced.
CREATE TABLE secret_check (name TEXT PRIMARY KEY, answer TEXT NOT NULL);

CREATE TABLE plan (
  name TEXT PRIMARY KEY,
  quota_tokens INTEGER CHECK (quota_tokens >= 0),       -- a month; NULL: no limit
  quota_ufen INTEGER CHECK (quota_ufen >= 0),           -- a month; NULL: no limit
  calls_per_minute INTEGER CHECK (calls_per_minute > 0),  -- NULL: no limit
  changed_ns INTEGER NOT NULL
);

CREATE TABLE price_version (
  plan TEXT NOT NULL REFERENCES plan (name),
  version INTEGER NOT NULL,
  effective_ns INTEGER NOT NULL,
  created_ns INTEGER NOT NULL,
  PRIMARY KEY (plan, version)
);
CREATE TABLE price (
  plan TEXT NOT NULL,
  version INTEGER NOT NULL,
  meter TEXT NOT NULL,
  ufen_per_1000 INTEGER NOT NULL CHECK (ufen_per_1000 >= 0),
  PRIMARY KEY (plan, version, meter),
  FOREIGN KEY (plan, version) REFERENCES price_version (plan, version)
);

CREATE TABLE tenant (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  plan TEXT NOT NULL REFERENCES plan (name),
  status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
  created_ns INTEGER NOT NULL
);

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL,             -- HMAC-SHA256(pepper, key), hex
  scopes TEXT NOT NULL,          -- comma separated
  created_ns INTEGER NOT NULL,
  expires_ns INTEGER,
  revoked_ns INTEGER
);
CREATE INDEX api_key_tenant ON api_key (tenant_id, created_ns);

-- A reservation of a call under way: held -> settled | voided | expired.
CREATE TABLE hold (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  instance TEXT NOT NULL,        -- the server that took it
  tokens INTEGER NOT NULL,
  amount_ufen INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'settled', 'voided', 'expired')),
  created_ns INTEGER NOT NULL,
  expires_ns INTEGER NOT NULL
);
CREATE INDEX hold_open ON hold (instance, expires_ns) WHERE state = 'held';

CREATE TABLE usage_event (
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  meter TEXT NOT NULL,
  model TEXT NOT NULL,
  release_id TEXT NOT NULL,
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  plan TEXT NOT NULL,
  price_version INTEGER NOT NULL,
  price_ufen INTEGER NOT NULL CHECK (price_ufen >= 0),
  month TEXT NOT NULL,           -- the month it is invoiced in
  occurred_ns INTEGER NOT NULL,
  received_ns INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  PRIMARY KEY (tenant_id, source, event_id)
);
CREATE INDEX usage_event_month ON usage_event (tenant_id, month, meter, model);

-- Sums of usage_event, kept in the same transaction: what quotas and /v1/usage read. Proven by `ledger check`.
CREATE TABLE usage_month (
  tenant_id TEXT NOT NULL,
  month TEXT NOT NULL,
  meter TEXT NOT NULL,
  model TEXT NOT NULL,
  call_count INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  price_ufen INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, month, meter, model)
);

CREATE TABLE ledger_account (
  id TEXT PRIMARY KEY,           -- "<tenant>:<kind>"
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL CHECK (kind IN ('receivable', 'revenue_usage', 'vat_payable', 'rounding')),
  currency TEXT NOT NULL
);
CREATE TABLE ledger_tx (
  id INTEGER PRIMARY KEY,
  idem_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('usage', 'invoice')),
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  booked_ns INTEGER NOT NULL,
  created_ns INTEGER NOT NULL
);
CREATE TABLE ledger_entry (
  tx_id INTEGER NOT NULL REFERENCES ledger_tx (id),
  sequence INTEGER NOT NULL,
  account_id TEXT NOT NULL REFERENCES ledger_account (id),
  amount_ufen INTEGER NOT NULL,
  PRIMARY KEY (tx_id, sequence)
);
-- Sums of ledger_entry, kept in the same transaction. Proven by `ledger check`.
CREATE TABLE balance (account_id TEXT PRIMARY KEY REFERENCES ledger_account (id), posted_ufen INTEGER NOT NULL);

-- Value added tax, price-exclusive, by date.
CREATE TABLE tax_rate (
  code TEXT NOT NULL,
  effective_ns INTEGER NOT NULL,
  rate_ppm INTEGER NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
  PRIMARY KEY (code, effective_ns)
);
INSERT INTO tax_rate (code, effective_ns, rate_ppm) VALUES ('vat', 0, 60000);

CREATE TABLE invoice (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  month TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open')),
  sequence INTEGER UNIQUE,       -- the running number, without gaps; NULL while a draft
  number TEXT UNIQUE,
  net_ufen INTEGER NOT NULL,     -- sum of the lines, exact
  net_fen INTEGER NOT NULL,      -- rounded half up, once
  vat_ppm INTEGER NOT NULL,
  vat_fen INTEGER NOT NULL,
  total_fen INTEGER NOT NULL CHECK (total_fen = net_fen + vat_fen),
  made_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL,          -- of the canonical JSON
  UNIQUE (tenant_id, month, kind)
);
CREATE TABLE invoice_line (
  invoice_id TEXT NOT NULL REFERENCES invoice (id),
  line INTEGER NOT NULL,
  meter TEXT NOT NULL,
  model TEXT NOT NULL,
  call_count INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  amount_ufen INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL,
  PRIMARY KEY (invoice_id, line)
);

-- What is written stays written.
CREATE TRIGGER usage_event_no_update BEFORE UPDATE ON usage_event BEGIN SELECT RAISE(ABORT, 'usage_event is append-only'); END;
CREATE TRIGGER usage_event_no_delete BEFORE DELETE ON usage_event BEGIN SELECT RAISE(ABORT, 'usage_event is append-only'); END;
CREATE TRIGGER ledger_tx_no_update BEFORE UPDATE ON ledger_tx BEGIN SELECT RAISE(ABORT, 'ledger_tx is append-only'); END;
CREATE TRIGGER ledger_tx_no_delete BEFORE DELETE ON ledger_tx BEGIN SELECT RAISE(ABORT, 'ledger_tx is append-only'); END;
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER price_version_no_update BEFORE UPDATE ON price_version BEGIN SELECT RAISE(ABORT, 'price_version is append-only'); END;
CREATE TRIGGER price_version_no_delete BEFORE DELETE ON price_version BEGIN SELECT RAISE(ABORT, 'price_version is append-only'); END;
CREATE TRIGGER price_no_update BEFORE UPDATE ON price BEGIN SELECT RAISE(ABORT, 'price is append-only'); END;
CREATE TRIGGER price_no_delete BEFORE DELETE ON price BEGIN SELECT RAISE(ABORT, 'price is append-only'); END;
CREATE TRIGGER invoice_no_update BEFORE UPDATE ON invoice WHEN OLD.state = 'open'
BEGIN SELECT RAISE(ABORT, 'an open invoice is immutable'); END;
CREATE TRIGGER invoice_no_delete BEFORE DELETE ON invoice WHEN OLD.state = 'open'
BEGIN SELECT RAISE(ABORT, 'an open invoice is immutable'); END;
CREATE TRIGGER invoice_line_no_insert BEFORE INSERT ON invoice_line
WHEN (SELECT state FROM invoice WHERE id = NEW.invoice_id) = 'open'
BEGIN SELECT RAISE(ABORT, 'an open invoice is immutable'); END;
CREATE TRIGGER invoice_line_no_update BEFORE UPDATE ON invoice_line
WHEN (SELECT state FROM invoice WHERE id = OLD.invoice_id) = 'open'
BEGIN SELECT RAISE(ABORT, 'an open invoice is immutable'); END;
CREATE TRIGGER invoice_line_no_delete BEFORE DELETE ON invoice_line
WHEN (SELECT state FROM invoice WHERE id = OLD.invoice_id) = 'open'
BEGIN SELECT RAISE(ABORT, 'an open invoice is immutable'); END;
