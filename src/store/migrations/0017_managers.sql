-- Agents who may also decide what the shop says: releases, documents, tests. See docs/agents.md.
ALTER TABLE agent ADD COLUMN is_manager INTEGER NOT NULL DEFAULT 0;
