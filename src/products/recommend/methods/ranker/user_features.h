// What a candidate is to one user at a moment, beside any source's score: their session, the price they usually take,
// and whether they know its author.
//   session            their last events, no two more than kSessionGapNs apart and the last no longer ago than that;
//                      what they look at now (the context) is of it
//   session_tag_match  tag match with the session's items alone (moment_counts.h)
//   session_alike      with the session's last item: the cosine of the tower's vectors, else of the sentence encoder's,
//                      else of the tags, |A and B| / sqrt(|A| |B|)
//   price              ln(1 + price)
//   price_ratio        that less the mean of it over what they touched, weighed by kind: 0 is what they usually take
//   author_seen        of their touches of something with an author, weighed by kind, those of this one
// Absent (NaN, null where it is kept), never 0: what cannot be said, since there is no session, no history, or no such
// field at the item or anywhere in the history.  Read by trees as missing.
// How long the session is and how long ago the last event was are no features: they are the same for every row of a
// list, and in the shop of serve/learning_test.cc trees that read them beside age learned less from given lists.
// The history before the moment is read and nothing else of behaviour; price and author are those told last.
// Threads  immutable once made.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "products/recommend/methods/methods.h"

namespace yupu::recommend {

inline constexpr std::int64_t kSessionGapNs = 1'800'000'000'000;  // half an hour

// In the order of a row.
std::span<const std::string_view> user_feature_names();
bool is_user_feature(std::string_view name);

// The end of the history that is the session.
std::span<const tasks::Behaviour> session_of(const Moment& moment);

class UserFeatures {
 public:
  // Moment and tools must outlive it.
  UserFeatures(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights);
  void add_row(std::uint32_t item, std::vector<float>& features) const;

 private:
  void look_at_session(const Moment& moment);
  void weigh_history(const Moment& moment);
  float session_tag_match(std::uint32_t item) const;
  float session_alike(std::uint32_t item) const;
  float author_seen(std::uint32_t item) const;
  std::optional<double> log_price(std::uint32_t item) const;

  const Tools& tools_;
  const tasks::KindWeights& weights_;
  std::optional<std::uint32_t> last_item_;        // of the session
  std::map<std::uint32_t, double> session_tags_;  // weights
  double session_weight_ = 0.0;                   // of its items that have tags
  std::optional<double> usual_price_;             // ln(1 + price)
  std::map<std::uint32_t, double> author_weights_;
  double authors_weight_ = 0.0;
};

}  // namespace yupu::recommend
