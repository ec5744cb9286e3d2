// Campaigns: an item that somebody pays for, in a slot of its own beside the list, labelled.  What a click cost is
// booked once.
//
// Budget       never more than the budget is booked on a day (Asia/Shanghai): a click whose price would pass it costs
//              what is left.
// Idempotency  a click is known by the impression it was shown with: told again, it changes nothing.  One that comes
//              more than half an hour after it was shown is not charged.
// Outcomes     kNotFound: no such campaign, item or impression; kInvalidArgument; those of the store and the books.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::recommend {

struct Campaign {
  std::string name, payer_id, item;
  Money bid, budget;  // of a click, of a day
  bool is_running = true;
};
// As it stands now.
struct CampaignToday {
  Campaign campaign;
  std::int64_t shown = 0, clicks = 0;  // in all
  Money spent;                         // today
};

// Made, or changed.  REQUIRES: the payer is a tenant.
Status put_campaign(store::Store& store, const Clock& clock, const std::string& tenant_id, const Campaign& campaign);
Status stop_campaign(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& name);
Result<std::vector<CampaignToday>> campaigns_today(store::Transaction& transaction, const std::string& tenant_id,
                                                   std::int64_t now_ns);
Result<OrderedJson> campaigns_json(store::Store& store, const std::string& tenant_id, std::int64_t now_ns);

struct Slot {
  std::string campaign, payer_id, item;
  Money price;  // of its click
};
// In the transaction that keeps the list of this impression.
Status keep_slot(store::Transaction& transaction, const std::string& tenant_id, const std::string& impression_id,
                 const Slot& slot, std::int64_t now_ns);

struct Click {
  std::string payer_id, campaign, impression_id;
  Money price;
  std::int64_t clicked_ns = 0;
};
// Books a click in the books of who pays, within the transaction.
using BookClick = std::function<Status(store::Transaction& transaction, const Click& click)>;

struct Booked {
  bool is_new = false;
  Money price;  // zero: too late, or the day's budget was spent
};
Result<Booked> take_click(store::Store& store, const Clock& clock, const std::string& tenant_id,
                          const std::string& impression_id, const BookClick& book);

}  // namespace yupu::recommend
