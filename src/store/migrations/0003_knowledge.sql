-- Words of texts, an index a name: see src/store/text_index.h.
CREATE TABLE text_index (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Documents a bot may quote: see src/products/service/knowledge/.
-- A source that is removed keeps its row, without its texts, so that a version number never means two texts.
CREATE TABLE knowledge_document (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  source TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,        -- of the file; '' once removed
  title TEXT NOT NULL,
  text TEXT NOT NULL,          -- plain; passages count its bytes
  text_bytes INTEGER NOT NULL,
  dated_ns INTEGER NOT NULL,   -- when the file was last changed
  added_ns INTEGER NOT NULL,
  removed_ns INTEGER,          -- NULL: it is there
  UNIQUE (tenant_id, source)
);
-- Ids are never used again: a vector in another process's memory cannot come to mean another passage.
CREATE TABLE knowledge_passage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  document_id INTEGER NOT NULL REFERENCES knowledge_document (id),
  version INTEGER NOT NULL,
  begin_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL,
  headings TEXT NOT NULL,      -- JSON array, outermost first
  text TEXT NOT NULL           -- those bytes of the document's text
);
CREATE INDEX knowledge_passage_document ON knowledge_passage (tenant_id, document_id);
CREATE TABLE knowledge_vector (
  passage_id INTEGER NOT NULL REFERENCES knowledge_passage (id),
  embedder TEXT NOT NULL,      -- which model made it
  tenant_id TEXT NOT NULL,
  vector TEXT NOT NULL,        -- float32, little-endian
  PRIMARY KEY (passage_id, embedder)
);
CREATE INDEX knowledge_vector_tenant ON knowledge_vector (tenant_id, embedder);
-- Grows with every change of a tenant's knowledge: who keeps vectors in memory notices by reading one row.
CREATE TABLE knowledge_change (tenant_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
