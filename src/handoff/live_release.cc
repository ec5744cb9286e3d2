#include "handoff/live_release.h"

#include <fmt/format.h>

namespace yupu::handoff {
namespace {

LiveChange from_row(const store::Row& row) {
  return {.sequence = row.integer(0),
          .model = row.text(1),
          .release_id = row.text(2),
          .reason = row.text(3),
          .changed_ns = row.integer(4)};
}

Result<std::vector<LiveChange>> history(store::Transaction& transaction, std::string_view model, std::int64_t limit) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT sequence, model, release_id, reason, changed_ns FROM live_release "
                                          "WHERE model = ? ORDER BY sequence DESC LIMIT ?",
                                          {std::string(model), limit}));
  std::vector<LiveChange> changes;
  changes.reserve(rows.size());
  for (const store::Row& row : rows) changes.push_back(from_row(row));
  return changes;
}

Status append(store::Transaction& transaction, const LiveChange& change) {
  return transaction
      .execute(
          "INSERT INTO live_release (sequence, model, release_id, reason, changed_ns) "
          "SELECT COALESCE(MAX(sequence), 0) + 1, ?, ?, ?, ? FROM live_release",
          {change.model, change.release_id, change.reason, change.changed_ns})
      .status();
}

}  // namespace

Result<std::optional<LiveChange>> live_release(store::Store& store, std::string_view model) {
  std::optional<LiveChange> live;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(auto changes, history(transaction, model, 1));
    if (!changes.empty()) live = std::move(changes[0]);
    return ok_status();
  }));
  return live;
}

Result<std::vector<LiveChange>> live_history(store::Store& store, std::string_view model) {
  std::vector<LiveChange> changes;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(changes, history(transaction, model, 1000));
    return ok_status();
  }));
  return changes;
}

Status set_live_release(store::Store& store, std::string_view model, std::string_view release_id,
                        std::string_view reason, std::int64_t now_ns) {
  const LiveChange change{.sequence = 0,
                          .model = std::string(model),
                          .release_id = std::string(release_id),
                          .reason = std::string(reason),
                          .changed_ns = now_ns};
  return store.write([change](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto now, history(transaction, change.model, 1));
    if (!now.empty() && now[0].release_id == change.release_id) return ok_status();  // already live
    return append(transaction, change);
  });
}

Result<LiveChange> roll_back(store::Store& store, std::string_view model, std::string_view reason,
                             std::int64_t now_ns) {
  LiveChange change{.sequence = 0,
                    .model = std::string(model),
                    .release_id = {},
                    .reason = std::string(reason),
                    .changed_ns = now_ns};
  YUPU_RETURN_IF_ERROR(store.write([&change](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto changes, history(transaction, change.model, 1000));
    if (changes.empty()) return not_found(fmt::format("model '{}' has no live release", change.model));
    // A roll-back walks back over the promotions: what was live before the present release first became live. The
    // oldest release, promoted again by hand, goes back to what it replaced last.
    std::size_t first = changes.size();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (changes[i].release_id == changes[0].release_id) first = i;
    }
    if (first + 1 >= changes.size()) first = 0;
    if (first + 1 >= changes.size()) {
      return not_found(fmt::format("model '{}' has no release before {}", change.model, changes[0].release_id));
    }
    change.release_id = changes[first + 1].release_id;
    YUPU_RETURN_IF_ERROR(append(transaction, change));
    YUPU_ASSIGN_OR_RETURN(const auto now, history(transaction, change.model, 1));
    change.sequence = now[0].sequence;
    return ok_status();
  }));
  return change;
}

}  // namespace yupu::handoff
