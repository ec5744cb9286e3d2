// A click on a sponsored item becomes a usage event of who pays: meter "sponsored_click", no tokens, at the price of
// its auction.  So it stands in the books, in the month's usage and on the invoice as every other. Idempotency  one
// click a click id and payer (record.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

inline constexpr const char* kSponsoredMeter = "sponsored_click";

struct SponsoredClick {
  std::string payer_id, campaign, click_id;
  Money price;
  std::int64_t clicked_ns = 0;
};
// Error: kNotFound (payer); kConflict (the id was booked for another campaign).
Status record_click(store::Transaction& transaction, const SponsoredClick& click);

}  // namespace yupu::commerce
