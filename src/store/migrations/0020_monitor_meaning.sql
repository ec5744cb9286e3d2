-- What the monitor's documents mean to a sentence encoder, to find reports that were written anew
-- (src/products/monitor/documents/meaning.h).
CREATE TABLE monitor_meaning (
  monitor TEXT NOT NULL,
  document_id INTEGER NOT NULL,
  model TEXT NOT NULL,            -- whose; only those of one model are compared
  direction TEXT NOT NULL,        -- base64 of a signed byte a dimension
  received_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, document_id)
);
CREATE INDEX monitor_meaning_received ON monitor_meaning (monitor, received_ns);
