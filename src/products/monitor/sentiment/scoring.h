// Documents scored by a model: as a whole, and for each topic they name.
//
// A document's probabilities are the mean of its pieces' (segments.h says which and with what weights); its sentiment
// is the likeliest.  What a document says of itself stays: only those without a sentiment are scored, and of them only
// those that name a topic.
// Errors: the scorer's; nothing is scored then.    Threads: pure, but for the scorer.
#pragma once

#include <vector>

#include "products/monitor/documents/document.h"
#include "products/monitor/sentiment/scorer.h"

namespace yupu::monitor {

// All texts of all documents go to the scorer in one call.
Status score_documents(std::vector<ReadyDocument>& documents, const TopicDictionary& dictionary,
                       SentimentScorer& scorer);

}  // namespace yupu::monitor
