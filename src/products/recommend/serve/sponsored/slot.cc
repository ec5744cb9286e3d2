#include "products/recommend/serve/sponsored/slot.h"

#include <algorithm>
#include <vector>

#include "products/recommend/serve/sponsored/auction.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000, kDaySeconds = 86'400, kShanghaiSeconds = 8 * 3600;
constexpr std::size_t kMatchedEvents = 50;

bool has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// The item's number; nothing where it may not stand.
std::optional<std::uint32_t> standing(const Record& record, const ItemIds& hidden, const ListRequest& request,
                                      const std::string& item) {
  const auto number = place_among(record.collection->items, item);
  if (!number || record.titles[*number].empty() || hidden.contains(item) || has(request.exclude, item) ||
      has(request.context, item))
    return std::nullopt;
  return number;
}

bool share_a_tag(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](std::uint32_t tag) { return std::binary_search(b.begin(), b.end(), tag); });
}

// Numbers of the items the user touched last, and those they look at now.
std::vector<std::uint32_t> last_items(const Record& record, const ListRequest& request, std::int64_t now_ns) {
  const Collection& collection = *record.collection;
  std::vector<std::uint32_t> items;
  if (const auto user = place_among(collection.users, request.user)) {
    const auto history = collection.log.of_user_before(*user, now_ns);
    for (const tasks::Behaviour& event : history.last(std::min(history.size(), kMatchedEvents)))
      items.push_back(event.item);
  }
  for (const std::string& id : request.context) {
    if (const auto item = place_among(collection.items, id)) items.push_back(*item);
  }
  return items;
}

// The share of them that has a tag in common with the item, in millionths.
std::int64_t match_of(const Collection& collection, std::span<const std::uint32_t> touched, std::uint32_t item) {
  if (touched.empty()) return 0;
  std::int64_t alike = 0;
  for (const std::uint32_t one : touched) alike += share_a_tag(collection.tags[item], collection.tags[one]) ? 1 : 0;
  return alike * kMillion / static_cast<std::int64_t>(touched.size());
}

}  // namespace

std::optional<Slot> slot_for(const Record& record, const ItemIds& hidden, const ListRequest& request,
                             std::span<const CampaignToday> campaigns, std::int64_t now_ns) {
  if (campaigns.empty()) return std::nullopt;
  const std::int64_t second = (now_ns / kSecondNs + kShanghaiSeconds) % kDaySeconds;
  const std::vector<std::uint32_t> touched = last_items(record, request, now_ns);
  std::vector<Bidder> bidders;
  std::vector<const Campaign*> of_bidder;
  for (const CampaignToday& today : campaigns) {
    const Campaign& campaign = today.campaign;
    if (!campaign.is_running || !is_paced(today.spent, campaign.budget, second)) continue;
    const auto item = standing(record, hidden, request, campaign.item);
    if (!item) continue;
    const std::int64_t match = match_of(*record.collection, touched, *item);
    bidders.push_back({.campaign = campaign.name,
                       .bid = campaign.bid,
                       .left = campaign.budget - today.spent,
                       .rate = predicted_rate(std::min(today.clicks, today.shown), today.shown, match)});
    of_bidder.push_back(&campaign);
  }
  const auto won = run_auction(bidders);
  if (!won) return std::nullopt;
  const Campaign& campaign = *of_bidder[won->place];
  return Slot{.campaign = campaign.name, .payer_id = campaign.payer_id, .item = campaign.item, .price = won->price};
}

}  // namespace yupu::recommend
