// Miss mining: what visitors asked in vain, by what it is about, so that a person can settle a subject at a time
// (settle.h).
//
//   a miss    a call that was refused or asked back about, that went to a person because the bot was unsure, or whose
//             answer was voted down. Not: a slot that is asked for, a tap, what is said to a person.
//   open      nobody has corrected it (a tap is a correction) and nobody has settled it
//   cluster   open misses whose texts are alike (clusters.h), or that a person has put together
// A flood fills nothing: of a visitor (`conversation.visitor`, else the conversation) the first per_visitor_day misses
// of a day (UTC) count, settled ones among them; clusters are ordered by how many visitors asked, not by how often.
// Bounded: at most rows_max traces are read, at most texts_max different texts compared, of each its first
// text_points_max code points; newest first. What is left out is counted. Equal records give equal clusters.
// Retention  nothing is stored here.      Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::feedback {

// One vector a text, of one width. Empty function: there is no embedder, n-grams are compared.
using SentenceVectors = std::function<Result<std::vector<std::vector<float>>>(std::span<const std::string> texts)>;

struct MiningOptions {
  std::int64_t per_visitor_day = 5;
  std::int64_t rows_max = 20'000;
  std::size_t texts_max = 2'000;
  std::size_t text_points_max = 256;
  double ngram_cosine_least = 0.15;  // docs/misses.md has how it was chosen
  double vector_cosine_least = 0.6;  // of an embedder's vectors; not measured yet
};

struct MiningQuery {
  std::string tenant_id;
  std::string model;
  std::int64_t since_ns = 0;
};

// Misses of one text; texts that differ in case, width or space only are one.
struct MissedText {
  std::string text = {};                    // of the newest, cut
  std::string decision = {};                // of the newest
  std::vector<std::string> trace_ids = {};  // newest first
};

struct MissCluster {
  std::string id = {};                 // of its misses: with another miss it has another id
  std::vector<MissedText> texts = {};  // most frequent first, then newest
  std::int64_t miss_count = 0;
  std::int64_t visitor_count = 0;
  std::int64_t voted_down_count = 0;
  std::string nearest_intent = {};  // the model's own: by the sum of its scores
  double nearest_score = 0.0;       // that sum over all misses
  std::int64_t first_ns = 0, last_ns = 0;
  std::vector<std::string> trace_ids() const;
  Json to_json() const;
};

struct MinedMisses {
  std::vector<MissCluster> clusters = {};  // by visitors, misses, newest
  std::int64_t miss_count = 0;             // in the clusters
  std::int64_t capped_count = 0;           // more of one visitor in a day
  std::int64_t unread_count = 0;           // beyond texts_max, of the rows that were read
  bool all_read = true;                    // no more than rows_max
  bool by_vectors = false;
  Json to_json() const;
};

// Outcomes  those of the store and of `vectors`; kInternal where `vectors` gives another count than texts.
Result<MinedMisses> mine_misses(store::Store& store, const MiningQuery& query, const SentenceVectors& vectors = {},
                                const MiningOptions& options = {});

// The cluster of this id. Error: kNotFound: there never was, or its misses are others by now.
Result<MissCluster> find_cluster(const MinedMisses& mined, std::string_view id);

}  // namespace yupu::feedback
