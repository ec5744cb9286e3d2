-- By which texts of one story find each other, under each topic they name: whoever asks wants those of a topic, and reads
-- no other's (src/products/monitor/documents/stories.cc). It begins empty: of what came before, later reprints are known
-- by the same content alone, which is over with the window of stories. To sort the old bands by topic takes many minutes
-- where there are a million documents.
CREATE TABLE monitor_topic_band (
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  band INTEGER NOT NULL,
  document_id INTEGER NOT NULL,
  PRIMARY KEY (monitor, topic, band, document_id)
);
CREATE INDEX monitor_topic_band_document ON monitor_topic_band (monitor, document_id);
DROP TABLE monitor_band;
