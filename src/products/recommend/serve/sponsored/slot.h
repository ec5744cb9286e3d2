// The slot beside a list: which campaign stands in it for this user, now (auction.h).
//   takes part  a running campaign within its pace, whose item is there, described, neither hidden nor excluded nor
//   just
//               being looked at
#pragma once

#include <optional>
#include <span>

#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/sponsored/campaigns.h"

namespace yupu::recommend {

std::optional<Slot> slot_for(const Record& record, const ItemIds& hidden, const ListRequest& request,
                             std::span<const CampaignToday> campaigns, std::int64_t now_ns);

}  // namespace yupu::recommend
