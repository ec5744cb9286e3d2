#include "products/recommend/methods/ranker/stage_one.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/methods/ease/ease.h"
#include "products/recommend/methods/item_knn/item_knn.h"
#include "products/recommend/methods/next/next.h"
#include "products/recommend/methods/text/text.h"
#include "products/recommend/methods/tower/tower.h"
#include "products/recommend/methods/words/words.h"

namespace yupu::recommend {
namespace {

constexpr double kNeighbours = 100, kShrink = 20;
constexpr double kHalfLifeEvents = 5, kHalfLifeDays = 0;
constexpr double kReach = 10, kNextShrink = 5;
constexpr std::int64_t kMinuteNs = 60'000'000'000, kHourNs = 60 * kMinuteNs;

float log_of(double value) { return static_cast<float>(std::log1p(value)); }

// The first `count` open items by `order`, of equal ones the lower number.
template <class Order>
void take_best(const std::vector<std::uint8_t>& open, std::size_t count, const Order& order,
               std::vector<std::uint32_t>& taken) {
  std::vector<std::pair<double, std::uint32_t>> items;
  for (std::uint32_t item = 0; item < open.size(); ++item) {
    if (open[item] == 0) continue;
    if (const double value = order(item); value > 0.0) items.emplace_back(-value, item);
  }
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(count, items.size()));
  std::partial_sort(items.begin(), end, items.end());
  for (auto it = items.begin(); it != end; ++it) taken.push_back(it->second);
}

// The first `count` open ones of an order.
void take_first(const std::vector<std::uint8_t>& open, std::size_t count, const std::vector<std::uint32_t>& order,
                std::vector<std::uint32_t>& taken) {
  for (const std::uint32_t item : order) {
    if (count == 0) return;
    if (open[item] == 0) continue;
    taken.push_back(item);
    --count;
  }
}

}  // namespace

StageOne::StageOne(const Settings& settings, const Tools& tools) : tools_(tools) {
  const Settings neighbours = {{"neighbours", kNeighbours}, {"shrink", kShrink}, {"relevant_only", 0}};
  sources_.push_back({"item-knn", make_item_knn(neighbours)});
  sources_.push_back({"ease", make_ease({{"lambda", settings.at("lambda")}, {"relevant_only", 0}})});
  sources_.push_back({"next", make_next({{"reach", kReach}, {"shrink", kNextShrink}, {"relevant_only", 0}})});
  const Settings profile = {{"half_life_events", kHalfLifeEvents}, {"half_life_days", kHalfLifeDays}};
  if (tools.vectors != nullptr) {
    Settings centred = profile;
    centred["centred"] = 1.0;
    sources_.push_back({"text", make_text(centred, *tools.vectors)});
  } else if (!tools.texts.empty()) {
    sources_.push_back({"words", make_words(profile, tools.texts)});
  }
  if (tools.tower != nullptr) sources_.push_back({"tower", make_tower(*tools.tower, *tools.tower_vectors)});
  name_features();
}

void StageOne::name_features() {
  feature_names_.clear();
  for (const Source& source : sources_) {
    feature_names_.push_back(source.name);
    feature_names_.push_back(source.name + ".share");
  }
  for (const double days : kCountDays) feature_names_.push_back(fmt::format("users_{:g}d", days));
  for (const char* name : {"relevant_share", "age", "tag_match", "history", "position"})
    feature_names_.emplace_back(name);
  for (const std::string_view name : user_feature_names()) feature_names_.emplace_back(name);
}

Status StageOne::fit(const FitData& data) {
  weights_ = data.weights;
  relevant_ = data.relevant;
  if (tools_.tower != nullptr && data.log.item_count() > kIndexFrom)
    std::erase_if(sources_, [](const Source& source) { return source.name == "words" || source.name == "text"; });
  if (data.log.item_count() > kEaseServedMax)
    std::erase_if(sources_, [](const Source& source) { return source.name == "ease"; });
  for (auto it = sources_.begin(); it != sources_.end();) {
    const Status status = it->method->fit(data);
    if (!status.ok() && status.code() != Code::kTooLarge) return status;
    it = status.ok() ? it + 1 : sources_.erase(it);
  }
  name_features();
  return ok_status();
}

std::shared_ptr<const ItemCounts> StageOne::counts_at(const Moment& moment) const {
  const std::int64_t step_ns = moment.log.item_count() > kIndexFrom ? kHourNs : kMinuteNs;
  const std::int64_t time_ns = moment.time_ns / step_ns * step_ns;
  {
    MutexLock lock(mutex_);
    if (counted_.counts != nullptr && counted_.mark == moment.log.mark() && counted_.time_ns == time_ns)
      return counted_.counts;
  }
  auto counts = std::make_shared<const ItemCounts>(moment.log, time_ns, tools_, relevant_);
  MutexLock lock(mutex_);
  counted_ = {.mark = moment.log.mark(), .time_ns = time_ns, .counts = counts};
  return counts;
}

StageOne::Sight::Sight(const StageOne& stage, const Moment& moment)
    : stage_(stage), moment_(moment), counts_(stage.counts(moment)), user_(moment, stage.tools_, stage.weights_) {
  for (const Source& source : stage.sources_) {
    Said& said = said_.emplace_back();
    said.glance = source.method->glance(moment);
    if (said.glance != nullptr) {
      said.largest = 1.0f;
      continue;
    }
    said.scores.resize(moment.log.item_count());
    source.method->score(moment, said.scores);
    said.largest = said.scores.empty() ? 0.0f : *std::max_element(said.scores.begin(), said.scores.end());
  }
}

std::vector<std::uint8_t> StageOne::Sight::open_items() const {
  std::vector<std::uint8_t> open(moment_.log.item_count(), 1);
  const auto& created_ns = stage_.tools_.created_ns;
  for (std::size_t item = 0; item < std::min(open.size(), created_ns.size()); ++item) {
    if (created_ns[item] && *created_ns[item] > moment_.time_ns) open[item] = 0;
  }
  for (const tasks::Behaviour& event : moment_.history) open[event.item] = 0;
  return open;
}

Pool StageOne::Sight::pool() const {
  const std::vector<std::uint8_t> open = open_items();
  Pool pool;
  for (const Said& said : said_) {
    if (said.glance != nullptr) {
      for (const Scored& one : said.glance->first(kFromEach, open)) pool.items.push_back(one.item);
    } else if (said.largest > 0.0f) {
      take_best(
          open, kFromEach, [&](std::uint32_t item) { return static_cast<double>(said.scores[item]); }, pool.items);
    }
  }
  take_first(open, kFromEach, counts_.items().most_touched(), pool.items);
  take_first(open, kFresh, counts_.items().newest(), pool.items);
  std::sort(pool.items.begin(), pool.items.end());
  pool.items.erase(std::unique(pool.items.begin(), pool.items.end()), pool.items.end());
  pool.features = features_of(pool.items);
  return pool;
}

std::vector<float> StageOne::Sight::features_of(std::span<const std::uint32_t> items) const {
  std::vector<float> features;
  features.reserve(items.size() * stage_.width());
  for (const std::uint32_t item : items) add_row(item, features);
  return features;
}

void StageOne::Sight::add_row(std::uint32_t item, std::vector<float>& features) const {
  for (const Said& said : said_) {
    const float score = said.score(item);
    features.push_back(score);
    features.push_back(said.largest > 0.0f ? score / said.largest : 0.0f);
  }
  for (std::size_t window = 0; window < kCountDays.size(); ++window)
    features.push_back(log_of(static_cast<double>(counts_.users(window, item))));
  features.push_back(static_cast<float>(counts_.relevant_share(item)));
  features.push_back(log_of(counts_.age_days(item)));
  features.push_back(static_cast<float>(counts_.tag_match(item)));
  features.push_back(log_of(static_cast<double>(moment_.history.size())));
  features.push_back(0.0f);  // position: see stage_one.h
  user_.add_row(item, features);
}

float StageOne::Sight::last_resort(std::uint32_t item) const {
  const float score = said_.empty() ? 0.0f : said_[0].score(item);
  return 0.5f + 0.5f * score / (1.0f + std::abs(score));
}

}  // namespace yupu::recommend
