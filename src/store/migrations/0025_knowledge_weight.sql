-- How much one order counts beside another in the search of documents, fitted on questions: of the words' order beside
-- an embedder's, where reranker is ''; else of that cross-encoder's beside the order before it.
CREATE TABLE knowledge_weight (
  tenant_id TEXT NOT NULL,
  embedder TEXT NOT NULL,      -- '' without one
  reranker TEXT NOT NULL,
  weight REAL NOT NULL,
  body TEXT NOT NULL,          -- how it was fitted
  fitted_ns INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, embedder, reranker)
);
