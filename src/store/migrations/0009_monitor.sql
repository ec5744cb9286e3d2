-- The public-opinion monitor: documents, and what was counted of them. See src/products/monitor/documents/intake.h.
-- `monitor` is the name of the strategy: several monitors may live in one store.
CREATE TABLE monitor_clock (
  monitor TEXT PRIMARY KEY,
  now_ns INTEGER NOT NULL       -- when the last document was received; never goes back
);
-- How far a source has been read. Written with the documents it brought, or not at all.
CREATE TABLE monitor_source (
  monitor TEXT NOT NULL,
  source TEXT NOT NULL,
  position TEXT NOT NULL,       -- what it means is the reader's business
  read_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, source)
);
CREATE TABLE monitor_outcome (  -- what became of a source's documents
  monitor TEXT NOT NULL,
  source TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  last_detail TEXT NOT NULL,    -- of a refusal: why; else ''
  PRIMARY KEY (monitor, source, outcome)
);
CREATE TABLE monitor_document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  document TEXT NOT NULL,       -- what it is known by
  revision INTEGER NOT NULL,    -- 1, 2, ...
  story INTEGER NOT NULL,       -- id of the story's first document
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  publisher TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  content TEXT NOT NULL,        -- SHA-256 of what it says
  sentiment TEXT NOT NULL,
  published_ns INTEGER NOT NULL,
  received_ns INTEGER NOT NULL, -- of its first revision
  UNIQUE (monitor, document)
);
CREATE INDEX monitor_document_content ON monitor_document (monitor, content);
CREATE INDEX monitor_document_story ON monitor_document (monitor, story);
CREATE INDEX monitor_document_received ON monitor_document (monitor, received_ns);
CREATE TABLE monitor_revision ( -- revisions that are no more
  monitor TEXT NOT NULL,
  document_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  content TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  replaced_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, document_id, revision)
);
CREATE TABLE monitor_band (     -- by which texts of one story find each other
  monitor TEXT NOT NULL,
  band INTEGER NOT NULL,
  document_id INTEGER NOT NULL,
  received_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, band, document_id)
);
CREATE INDEX monitor_band_received ON monitor_band (monitor, received_ns);
-- A document under a topic. In the order of `sequence` and with received_ns as their clock they are the log that the
-- detection reads (products/monitor/detect/monitor.h).
CREATE TABLE monitor_mention (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  document_id INTEGER NOT NULL,
  story INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  sentiment TEXT NOT NULL,
  published_ns INTEGER NOT NULL,
  received_ns INTEGER NOT NULL,
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  UNIQUE (monitor, topic, document_id)
);
CREATE INDEX monitor_mention_story ON monitor_mention (monitor, topic, story);
CREATE INDEX monitor_mention_received ON monitor_mention (monitor, received_ns);
CREATE TABLE monitor_count (    -- kept when the documents are forgotten
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  bucket_ns INTEGER NOT NULL,   -- where it begins
  total INTEGER NOT NULL,
  negative INTEGER NOT NULL,
  positive INTEGER NOT NULL,
  PRIMARY KEY (monitor, topic, bucket_ns)
);
CREATE TABLE monitor_count_publisher (
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  bucket_ns INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  PRIMARY KEY (monitor, topic, bucket_ns, publisher)
);
