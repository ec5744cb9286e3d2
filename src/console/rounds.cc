#include "console/rounds.h"

#include "base/clock.h"

namespace yupu::console {

Result<Json> recent_rounds(store::Store& store, const std::string& model, std::int64_t limit) {
  Json rounds = Json::array();
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT kind, why, corrections, started_ns, ended_ns, outcome, reason, run_id, release_id "
                          "FROM shop_round WHERE shop = ? ORDER BY started_ns DESC, id LIMIT ?",
                          {model, limit}));
    rounds = Json::array();
    for (const store::Row& row : rows) {
      rounds.push_back({{"kind", row.text(0)},
                        {"why", row.text(1)},
                        {"corrections", row.integer(2)},
                        {"started", format_utc(row.integer(3))},
                        {"ended", row.is_null(4) ? std::string() : format_utc(row.integer(4))},
                        {"outcome", row.text(5)},
                        {"reason", row.text(6)},
                        {"run_id", row.text(7)},
                        {"release_id", row.text(8)}});
    }
    return ok_status();
  }));
  return rounds;
}

Result<std::map<std::string, std::string>> refused_by_rounds(store::Store& store, const std::string& model) {
  std::map<std::string, std::string> reasons;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT run_id, reason FROM shop_round WHERE shop = ? AND outcome = "
                                            "'refused' ORDER BY started_ns, id",
                                            {model}));
    for (const store::Row& row : rows) reasons[row.text(0)] = row.text(1);
    return ok_status();
  }));
  return reasons;
}

}  // namespace yupu::console
