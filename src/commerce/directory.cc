#include "commerce/directory.h"

#include <optional>
#include <utility>

#include "base/log.h"
#include "commerce/change.h"

namespace yupu::commerce {
namespace {

Result<Terms> load_terms(store::Store& store, std::string_view tenant_id) {
  Terms terms;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT plan, status FROM tenant WHERE id = ?", {std::string(tenant_id)}));
    if (rows.empty()) return not_found("no tenant has the id '" + std::string(tenant_id) + "'");
    terms.is_suspended = rows[0].text(1) == "suspended";
    YUPU_ASSIGN_OR_RETURN(terms.plan, get_plan(transaction, rows[0].text(0)));
    return ok_status();
  }));
  return terms;
}

}  // namespace

void Directory::refresh() {
  const std::int64_t now_ns = clock_.monotonic_ns();
  std::int64_t looked_ns = looked_ns_.load();
  if (looked_ns != 0 && now_ns - looked_ns < refresh_ns_) return;
  if (!looked_ns_.compare_exchange_strong(looked_ns, now_ns)) return;  // another thread is looking
  const auto sequence = change_sequence(store_);
  if (!sequence.ok()) log::warn("commerce_refresh_failed", {{"error", sequence.status().message()}});
  MutexLock lock(mutex_);
  // A store that cannot say is treated as changed: better to ask it again than to serve a revoked key.
  if (sequence.ok() && sequence.value() == sequence_) return;
  sequence_ = sequence.ok() ? sequence.value() : -1;
  ++generation_;
  keys_.clear();
  terms_.clear();
  unknown_count_ = 0;
}

Result<std::shared_ptr<const StoredKey>> Directory::key(std::string_view prefix) {
  refresh();
  std::int64_t generation = 0;
  {
    MutexLock lock(mutex_);
    if (const auto found = keys_.find(prefix); found != keys_.end()) return found->second;
    generation = generation_;
  }
  YUPU_ASSIGN_OR_RETURN(std::optional<StoredKey> stored, find_key(store_, prefix));
  std::shared_ptr<const StoredKey> key;
  if (stored) key = std::make_shared<const StoredKey>(std::move(*stored));
  MutexLock lock(mutex_);
  if (generation != generation_) return key;  // read before a change we know of: good for this call, not for keeping
  if (key == nullptr && ++unknown_count_ > kUnknownMax) {
    std::erase_if(keys_, [](const auto& entry) { return entry.second == nullptr; });
    unknown_count_ = 1;
  }
  keys_.insert_or_assign(std::string(prefix), key);
  return key;
}

Result<std::shared_ptr<const Terms>> Directory::terms(std::string_view tenant_id) {
  refresh();
  std::int64_t generation = 0;
  {
    MutexLock lock(mutex_);
    if (const auto found = terms_.find(tenant_id); found != terms_.end()) return found->second;
    generation = generation_;
  }
  YUPU_ASSIGN_OR_RETURN(Terms loaded, load_terms(store_, tenant_id));
  auto terms = std::make_shared<const Terms>(std::move(loaded));
  MutexLock lock(mutex_);
  if (generation == generation_) terms_.insert_or_assign(std::string(tenant_id), terms);
  return std::shared_ptr<const Terms>(terms);
}

std::size_t Directory::unknown_count() const {
  MutexLock lock(mutex_);
  return unknown_count_;
}

}  // namespace yupu::commerce
