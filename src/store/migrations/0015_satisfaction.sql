-- What a visitor thinks of a whole conversation, and who said what is not a visitor's: rows of feedback, so that all that is
-- said about answers stands in one place. See src/feedback/.
ALTER TABLE feedback ADD COLUMN satisfaction INTEGER CHECK (satisfaction BETWEEN 1 AND 5);  -- of the conversation; NULL: not about one
ALTER TABLE feedback ADD COLUMN conversation_id TEXT NOT NULL DEFAULT '';  -- '': about the call alone
ALTER TABLE feedback ADD COLUMN author TEXT NOT NULL DEFAULT '';           -- 'agent:<id>'; '': who asked, or the shop
CREATE INDEX feedback_conversation ON feedback (tenant_id, conversation_id, created_ns);
