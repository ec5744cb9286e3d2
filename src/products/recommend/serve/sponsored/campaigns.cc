#include "products/recommend/serve/sponsored/campaigns.h"

#include <algorithm>

#include <fmt/format.h>

namespace yupu::recommend {
namespace {

using store::Transaction;

constexpr std::int64_t kHourNs = 3'600'000'000'000;
constexpr std::int64_t kClickNs = kHourNs / 2;  // after it was shown

// The day in Asia/Shanghai: "2026-11-28".
std::string day_of(std::int64_t utc_ns) { return format_utc(utc_ns + 8 * kHourNs).substr(0, 10); }

Status add_to_day(Transaction& transaction, const std::string& tenant_id, const std::string& campaign,
                  const std::string& day, std::int64_t shown, std::int64_t clicks, Money spent) {
  return transaction
      .execute(
          "INSERT INTO recommend_campaign_day (tenant_id, campaign, day, shown, clicks, spent_ufen) VALUES (?, ?, ?, "
          "?, ?, ?) ON CONFLICT (tenant_id, campaign, day) DO UPDATE SET shown = recommend_campaign_day.shown + "
          "excluded.shown, clicks = recommend_campaign_day.clicks + excluded.clicks, spent_ufen = "
          "recommend_campaign_day.spent_ufen + excluded.spent_ufen",
          {tenant_id, campaign, day, shown, clicks, spent.ufen()})
      .status();
}

// What the day's budget still has room for.
Result<Money> left_of_day(Transaction& transaction, const std::string& tenant_id, const std::string& campaign,
                          const std::string& day) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT c.budget_ufen, coalesce(d.spent_ufen, 0) FROM recommend_campaign c LEFT JOIN "
                        "recommend_campaign_day d ON d.tenant_id = c.tenant_id AND d.campaign = c.campaign AND d.day "
                        "= ? WHERE c.tenant_id = ? AND c.campaign = ?",
                        {day, tenant_id, campaign}));
  if (rows.empty()) return Money();
  return std::max(Money(), Money::from_ufen(rows[0].integer(0)) - Money::from_ufen(rows[0].integer(1)));
}

Status take(Transaction& transaction, const std::string& tenant_id, const std::string& impression_id,
            std::int64_t now_ns, const BookClick& book, Booked& booked) {
  booked = {};
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT campaign, payer_id, price_ufen, shown_ns, clicked_ns, booked_ufen "
                                          "FROM recommend_sponsored WHERE tenant_id = ? AND impression_id = ?",
                                          {tenant_id, impression_id}));
  if (rows.empty()) {
    return {Code::kNotFound, fmt::format("nothing sponsored was shown with '{}'", impression_id), "impression"};
  }
  const store::Row& row = rows[0];
  if (!row.is_null(4)) {
    booked.price = Money::from_ufen(row.integer(5));
    return ok_status();
  }
  booked.is_new = true;
  const std::string campaign = row.text(0), day = day_of(now_ns);
  YUPU_ASSIGN_OR_RETURN(const Money left, left_of_day(transaction, tenant_id, campaign, day));
  if (now_ns - row.integer(3) <= kClickNs) booked.price = std::min(Money::from_ufen(row.integer(2)), left);
  YUPU_RETURN_IF_ERROR(transaction
                           .execute("UPDATE recommend_sponsored SET clicked_ns = ?, booked_ufen = ? WHERE tenant_id = "
                                    "? AND impression_id = ?",
                                    {now_ns, booked.price.ufen(), tenant_id, impression_id})
                           .status());
  YUPU_RETURN_IF_ERROR(add_to_day(transaction, tenant_id, campaign, day, 0, 1, booked.price));
  if (booked.price == Money()) return ok_status();
  return book(transaction, {.payer_id = row.text(1),
                            .campaign = campaign,
                            .impression_id = impression_id,
                            .price = booked.price,
                            .clicked_ns = now_ns});
}

}  // namespace

Status put_campaign(store::Store& store, const Clock& clock, const std::string& tenant_id, const Campaign& campaign) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto items,
                          transaction.query("SELECT 1 FROM recommend_item WHERE tenant_id = ? AND item_id = ?",
                                            {tenant_id, campaign.item}));
    if (items.empty()) return {Code::kNotFound, fmt::format("there is no item '{}'", campaign.item), "item"};
    return transaction
        .execute(
            "INSERT INTO recommend_campaign (tenant_id, campaign, payer_id, item_id, bid_ufen, budget_ufen, state, "
            "changed_ns) VALUES (?, ?, ?, ?, ?, ?, 'running', ?) ON CONFLICT (tenant_id, campaign) DO UPDATE SET "
            "payer_id = excluded.payer_id, item_id = excluded.item_id, bid_ufen = excluded.bid_ufen, budget_ufen = "
            "excluded.budget_ufen, state = 'running', changed_ns = excluded.changed_ns",
            {tenant_id, campaign.name, campaign.payer_id, campaign.item, campaign.bid.ufen(), campaign.budget.ufen(),
             clock.now_ns()})
        .status();
  });
}

Status stop_campaign(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& name) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t changed,
                          transaction.execute("UPDATE recommend_campaign SET state = 'stopped', changed_ns = ? WHERE "
                                              "tenant_id = ? AND campaign = ?",
                                              {clock.now_ns(), tenant_id, name}));
    if (changed == 0) return {Code::kNotFound, fmt::format("there is no campaign '{}'", name), "campaign"};
    return ok_status();
  });
}

Result<std::vector<CampaignToday>> campaigns_today(Transaction& transaction, const std::string& tenant_id,
                                                   std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          // Who is suspended is not shown: what they would owe is not paid.
          "SELECT c.campaign, c.payer_id, c.item_id, c.bid_ufen, c.budget_ufen, CASE WHEN EXISTS (SELECT 1 FROM tenant "
          "t WHERE t.id = c.payer_id AND t.status = 'suspended') THEN 'suspended' ELSE c.state END, coalesce(d.shown, "
          "0), "
          "coalesce(d.clicks, 0), coalesce(d.spent, 0) FROM recommend_campaign c LEFT JOIN (SELECT campaign, "
          "sum(shown) AS shown, sum(clicks) AS clicks, sum(CASE WHEN day = ? THEN spent_ufen ELSE 0 END) AS spent FROM "
          "recommend_campaign_day WHERE tenant_id = ? GROUP BY campaign) AS d ON d.campaign = c.campaign WHERE "
          "c.tenant_id = ? ORDER BY c.campaign",
          {day_of(now_ns), tenant_id, tenant_id}));
  std::vector<CampaignToday> campaigns;
  for (const store::Row& row : rows) {
    campaigns.push_back({.campaign = {.name = row.text(0),
                                      .payer_id = row.text(1),
                                      .item = row.text(2),
                                      .bid = Money::from_ufen(row.integer(3)),
                                      .budget = Money::from_ufen(row.integer(4)),
                                      .is_running = row.text(5) == "running"},
                         .shown = row.integer(6),
                         .clicks = row.integer(7),
                         .spent = Money::from_ufen(row.integer(8))});
  }
  return campaigns;
}

Result<OrderedJson> campaigns_json(store::Store& store, const std::string& tenant_id, std::int64_t now_ns) {
  std::vector<CampaignToday> campaigns;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(campaigns, campaigns_today(transaction, tenant_id, now_ns));
    return ok_status();
  }));
  OrderedJson json = {{"campaigns", OrderedJson::array()}};
  for (const CampaignToday& today : campaigns) {
    json["campaigns"].push_back({{"campaign", today.campaign.name},
                                 {"item", today.campaign.item},
                                 {"payer", today.campaign.payer_id},
                                 {"running", today.campaign.is_running},
                                 {"bid_ufen", today.campaign.bid.ufen()},
                                 {"budget_ufen", today.campaign.budget.ufen()},
                                 {"spent_today_ufen", today.spent.ufen()},
                                 {"shown", today.shown},
                                 {"clicks", today.clicks}});
  }
  return json;
}

Status keep_slot(Transaction& transaction, const std::string& tenant_id, const std::string& impression_id,
                 const Slot& slot, std::int64_t now_ns) {
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO recommend_sponsored (tenant_id, impression_id, campaign, payer_id, item_id, "
                   "price_ufen, shown_ns, clicked_ns, booked_ufen) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0)",
                   {tenant_id, impression_id, slot.campaign, slot.payer_id, slot.item, slot.price.ufen(), now_ns})
          .status());
  return add_to_day(transaction, tenant_id, slot.campaign, day_of(now_ns), 1, 0, Money());
}

Result<Booked> take_click(store::Store& store, const Clock& clock, const std::string& tenant_id,
                          const std::string& impression_id, const BookClick& book) {
  Booked booked;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) {
    return take(transaction, tenant_id, impression_id, clock.now_ns(), book, booked);
  }));
  return booked;
}

}  // namespace yupu::recommend
