// Whether two reports that share hardly a word are one story: the cosine of what a sentence encoder makes of them
// (Sentence-BERT, Reimers and Gurevych 2019, arXiv:1908.10084). The last stage, after equal words and like shingles.
//
// A report belongs to the story of the nearest one that was received in the window, names one of its topics, has a
// cosine of at least `cosine_min`, and with which at least half of the numbers of whichever has fewer agree: two
// quarters' results are nearer to each other than two reports of one event are. Of each topic only the newest
// kMeaningsPerTopic are looked at.
//
// Kept as a signed byte a dimension: a cosine does not change with the length, and by less than 0.01 by the rounding.
// Threads: pure functions; those of the store: whoever holds the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "products/monitor/documents/document.h"
#include "store/store.h"

namespace yupu::monitor {

inline constexpr std::int64_t kMeaningsPerTopic = 256;

// Of no direction where every component is 0.
Meaning meaning_of(std::string model, std::span<const float> vector);
// In [-1, 1]; 0 where either has no direction, or they are of two models.
double cosine(const Meaning& a, const Meaning& b);

// The story of the nearest; of equals the one that came first. None for a document without a direction.
Result<std::optional<std::int64_t>> find_story_by_meaning(store::Transaction& transaction, const std::string& monitor,
                                                          const ReadyDocument& document, std::int64_t since_ns,
                                                          double cosine_min);
// Makes the document findable; what a former revision meant is forgotten.
Status keep_meaning(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                    std::int64_t row_id, std::int64_t received_ns);
Status forget_meanings(store::Transaction& transaction, const std::string& monitor, std::int64_t before_ns);

}  // namespace yupu::monitor
