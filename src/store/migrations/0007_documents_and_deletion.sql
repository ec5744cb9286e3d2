-- Answers from documents, whose a conversation is, and what goes with it when it is deleted.

-- Who asks, as the caller names them; '' where it was not told.
ALTER TABLE conversation ADD COLUMN visitor TEXT NOT NULL DEFAULT '';
CREATE INDEX conversation_visitor ON conversation (tenant_id, visitor) WHERE visitor <> '';

-- Who put a document there and takes it away again: "strategy/NAME", or '' for a person.
ALTER TABLE knowledge_document ADD COLUMN origin TEXT NOT NULL DEFAULT '';
-- From which score on documents answer, fitted by questions; an embedder's scores are not those of words alone ('').
CREATE TABLE knowledge_threshold (
  tenant_id TEXT NOT NULL,
  embedder TEXT NOT NULL,
  threshold REAL NOT NULL,
  body TEXT NOT NULL,          -- how it was fitted
  fitted_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, embedder)
);

-- What a stored answer is about, and is deleted with: a conversation; '' for none.
ALTER TABLE idempotency ADD COLUMN subject TEXT NOT NULL DEFAULT '';
UPDATE idempotency SET subject = COALESCE(json_extract(response, '$.conversation'), '')
WHERE route = '/v1/answer' AND json_valid(response);
CREATE INDEX idempotency_subject ON idempotency (tenant_id, subject) WHERE subject <> '';

-- Feedback that was deleted: rows of datasets that came of it are left out of the next version.
CREATE TABLE forgotten_feedback (id TEXT PRIMARY KEY, forgotten_ns INTEGER NOT NULL);
