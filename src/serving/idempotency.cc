#include "serving/idempotency.h"

#include <utility>
#include <vector>

#include "base/hash.h"

namespace yupu::serving {
namespace {

std::string mark(std::string_view tenant_id, std::string_view key, std::string_view route) {
  return Sha256().field(tenant_id).field(key).field(route).finish_hex();
}

}  // namespace

Idempotency::Claim::Claim(Claim&& other) noexcept { *this = std::move(other); }

Idempotency::Claim& Idempotency::Claim::operator=(Claim&& other) noexcept {
  if (this == &other) return *this;
  give_up();
  owner_ = std::exchange(other.owner_, nullptr);
  tenant_id_ = std::move(other.tenant_id_);
  key_ = std::move(other.key_);
  route_ = std::move(other.route_);
  body_sha256_ = std::move(other.body_sha256_);
  stored_ = std::move(other.stored_);
  return *this;
}

Idempotency::Claim::~Claim() { give_up(); }

void Idempotency::Claim::give_up() {
  if (owner_ == nullptr) return;
  const std::string name = mark(tenant_id_, key_, route_);
  MutexLock lock(owner_->mutex_);
  owner_->in_work_.erase(name);
  owner_ = nullptr;
}

Status Idempotency::Claim::keep(store::Transaction& transaction, int status, const std::string& response,
                                std::int64_t now_ns, const std::string& subject) const {
  if (owner_ == nullptr) return {};
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t kept,
      transaction.execute(
          "INSERT INTO idempotency (tenant_id, key, route, body_sha256, status, response, subject, created_ns) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, key, route) DO NOTHING",
          {tenant_id_, key_, route_, body_sha256_, std::int64_t{status}, response, subject, now_ns}));
  if (kept > 0) return {};
  return conflict("a request with this Idempotency-Key was answered by another server meanwhile; ask again");
}

Result<Idempotency::Claim> Idempotency::claim(std::string_view tenant_id, std::string_view key, std::string_view route,
                                              std::string_view body) {
  Claim claim;
  if (key.empty()) return claim;
  if (key.size() > kKeyBytesMax) {
    return invalid_argument("Idempotency-Key is longer than " + std::to_string(kKeyBytesMax) + " bytes",
                            "Idempotency-Key");
  }
  {
    MutexLock lock(mutex_);
    if (!in_work_.insert(mark(tenant_id, key, route)).second) {
      return conflict("a request with this Idempotency-Key is in work; wait for its answer");
    }
  }
  claim.owner_ = this;
  claim.tenant_id_ = tenant_id;
  claim.key_ = key;
  claim.route_ = route;
  claim.body_sha256_ = sha256_hex(body);
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const std::vector<store::Row> rows,
        transaction.query(
            "SELECT body_sha256, status, response FROM idempotency WHERE tenant_id = ? AND key = ? AND route = ?",
            {claim.tenant_id_, claim.key_, claim.route_}));
    if (rows.empty()) return {};
    if (rows[0].text(0) != claim.body_sha256_) {
      return conflict("this Idempotency-Key was used with another body; take a new key");
    }
    claim.stored_ = StoredAnswer{.status = static_cast<int>(rows[0].integer(1)), .response = rows[0].text(2)};
    return {};
  }));
  return claim;
}

}  // namespace yupu::serving
