#include "commerce/metering/sponsored.h"

#include "commerce/metering/record.h"

namespace yupu::commerce {

Status record_click(store::Transaction& transaction, const SponsoredClick& click) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT plan FROM tenant WHERE id = ?", {click.payer_id}));
  if (rows.empty()) return not_found("no tenant has the id '" + click.payer_id + "'");
  const UsageEvent event{.usage = {.request_id = click.click_id,
                                   .meter = kSponsoredMeter,
                                   .model = click.campaign,
                                   .release_id = {},
                                   .tokens = 0,
                                   .occurred_ns = click.clicked_ns},
                         .tenant_id = click.payer_id,
                         .key_id = {},
                         .source = "sponsored",
                         .plan = rows[0].text(0),
                         .price = {.version = 0, .amount = click.price},
                         .received_ns = click.clicked_ns};
  return record_usage(transaction, event).status();
}

}  // namespace yupu::commerce
