-- Where a passage stands in a document that has pages: see src/products/service/knowledge/.
ALTER TABLE knowledge_passage ADD COLUMN page INTEGER CHECK (page > 0);  -- NULL: a format without pages
