// What an alarm's documents speak of that those before them did not: terms by their log-odds with a Dirichlet prior
// from both together (Monroe, Colaresi, Quinn 2008, "Fightin' Words", Political Analysis 16, section 3.5), in documents
// that have the term: a text that repeats itself counts once. Terms as text/bm25 has them; pairs of ideographs that
// overlap and always stand together are one longer term. Threads: any.        Outcomes: those of the store.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::monitor {

struct Term {
  std::string term;
  std::int64_t documents = 0;  // that have it, of those now
  std::int64_t before = 0;     // of those before
  double z = 0;                // log-odds in standard deviations; only those from kTermZMin on are telling
};
inline constexpr double kTermZMin = 2;

// The most telling first; none where nothing came before.
std::vector<Term> telling_terms(std::span<const std::string> now, std::span<const std::string> before,
                                std::size_t terms_max);

// Of a topic's negatives published in [begin_ns, end_ns) against all that was published about it in the week before:
// {"documents": how many, "before": how many, "terms": [{"term", "documents", "before", "z"}]}. Computed from what is
// stored: none where the texts are forgotten.
Result<Json> terms_of_window(store::Store& store, const std::string& monitor, const std::string& topic,
                             std::int64_t begin_ns, std::int64_t end_ns);

}  // namespace yupu::monitor
