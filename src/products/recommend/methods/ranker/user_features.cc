#include "products/recommend/methods/ranker/user_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace yupu::recommend {
namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
constexpr std::array<std::string_view, 5> kNames = {"session_tag_match", "session_alike", "price", "price_ratio",
                                                    "author_seen"};

// Of two vectors of length one; nothing where one says nothing.
float cosine(std::span<const float> a, std::span<const float> b) {
  float sum = 0.0f, of_a = 0.0f, of_b = 0.0f;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
    of_a += a[i] * a[i];
    of_b += b[i] * b[i];
  }
  return of_a > 0.0f && of_b > 0.0f ? sum : kAbsent;
}

// Both ascending.
float tag_cosine(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  if (a.empty() || b.empty()) return kAbsent;
  std::vector<std::uint32_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return static_cast<float>(static_cast<double>(both.size()) /
                            std::sqrt(static_cast<double>(a.size()) * static_cast<double>(b.size())));
}

}  // namespace

std::span<const std::string_view> user_feature_names() { return kNames; }

bool is_user_feature(std::string_view name) { return std::find(kNames.begin(), kNames.end(), name) != kNames.end(); }

std::span<const tasks::Behaviour> session_of(const Moment& moment) {
  std::size_t begin = moment.history.size();
  for (std::int64_t next_ns = moment.time_ns; begin > 0; --begin) {
    const std::int64_t time_ns = moment.history[begin - 1].time_ns;
    if (next_ns - time_ns > kSessionGapNs) break;
    next_ns = time_ns;
  }
  return moment.history.subspan(begin);
}

UserFeatures::UserFeatures(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights)
    : tools_(tools), weights_(weights) {
  look_at_session(moment);
  weigh_history(moment);
}

void UserFeatures::look_at_session(const Moment& moment) {
  const std::span<const tasks::Behaviour> session = session_of(moment);
  if (session.empty()) return;
  last_item_ = session.back().item;
  if (tools_.tags.empty()) return;
  for (const tasks::Behaviour& event : session) {
    const auto& tags = tools_.tags[event.item];
    if (tags.empty()) continue;
    session_weight_ += weights_.of(event.kind);
    for (const std::uint32_t tag : tags) session_tags_[tag] += weights_.of(event.kind);
  }
}

void UserFeatures::weigh_history(const Moment& moment) {
  double priced = 0.0, prices = 0.0;
  for (const tasks::Behaviour& event : moment.history) {
    const double weight = weights_.of(event.kind);
    if (const auto price = log_price(event.item)) {
      prices += weight * *price;
      priced += weight;
    }
    if (tools_.authors.empty() || !tools_.authors[event.item]) continue;
    author_weights_[*tools_.authors[event.item]] += weight;
    authors_weight_ += weight;
  }
  if (priced > 0.0) usual_price_ = prices / priced;
}

std::optional<double> UserFeatures::log_price(std::uint32_t item) const {
  if (tools_.prices.empty() || !tools_.prices[item]) return std::nullopt;
  return std::log1p(*tools_.prices[item]);
}

float UserFeatures::session_tag_match(std::uint32_t item) const {
  if (session_weight_ <= 0.0 || tools_.tags[item].empty()) return kAbsent;
  double sum = 0.0;
  for (const std::uint32_t tag : tools_.tags[item]) {
    const auto found = session_tags_.find(tag);
    if (found != session_tags_.end()) sum += found->second;
  }
  return static_cast<float>(sum / (session_weight_ * static_cast<double>(tools_.tags[item].size())));
}

float UserFeatures::session_alike(std::uint32_t item) const {
  if (!last_item_) return kAbsent;
  if (tools_.tower != nullptr) return cosine(tools_.tower_vectors->row(*last_item_), tools_.tower_vectors->row(item));
  if (tools_.vectors != nullptr) return cosine(tools_.vectors->row(*last_item_), tools_.vectors->row(item));
  return tools_.tags.empty() ? kAbsent : tag_cosine(tools_.tags[*last_item_], tools_.tags[item]);
}

float UserFeatures::author_seen(std::uint32_t item) const {
  if (authors_weight_ <= 0.0 || !tools_.authors[item]) return kAbsent;
  const auto found = author_weights_.find(*tools_.authors[item]);
  return found == author_weights_.end() ? 0.0f : static_cast<float>(found->second / authors_weight_);
}

void UserFeatures::add_row(std::uint32_t item, std::vector<float>& features) const {
  const std::optional<double> price = log_price(item);
  features.push_back(session_tag_match(item));
  features.push_back(session_alike(item));
  features.push_back(price ? static_cast<float>(*price) : kAbsent);
  features.push_back(price && usual_price_ ? static_cast<float>(*price - *usual_price_) : kAbsent);
  features.push_back(author_seen(item));
}

}  // namespace yupu::recommend
