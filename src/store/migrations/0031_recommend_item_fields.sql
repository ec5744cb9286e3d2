-- What else a shop says of an item; NULL: nothing.
ALTER TABLE recommend_item ADD COLUMN price REAL;   -- in the shop's own unit
ALTER TABLE recommend_item ADD COLUMN author TEXT;  -- who made it, or its brand
