#include "commerce/keys/keys.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/ids.h"
#include "commerce/change.h"

namespace yupu::commerce {
namespace {

using store::Row;
using store::Transaction;
using store::Value;

constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case
constexpr std::string_view kMark = "yp_";                                 // lets secret scanners find a leaked key
constexpr std::size_t kSecretDigits = 52;                                 // 256 bits, 5 a digit
constexpr std::size_t kPrefixLength = kMark.size() + 8;
constexpr std::array<std::string_view, 4> kScopes = {"inference", "feedback", "read", "admin"};
constexpr std::string_view kColumns = "id, tenant_id, name, prefix, scopes, created_ns, expires_ns, revoked_ns";

std::string new_secret() {
  const std::string bytes = random_bytes(32);
  std::string secret(kMark);
  unsigned buffer = 0;
  int bit_count = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
    bit_count += 8;
    while (bit_count >= 5) {
      bit_count -= 5;
      secret += kDigits[(buffer >> static_cast<unsigned>(bit_count)) & 31U];
    }
  }
  secret += kDigits[(buffer << static_cast<unsigned>(5 - bit_count)) & 31U];  // 256 = 51 * 5 + 1
  return secret;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<std::int64_t> optional_integer(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

KeyInfo key_from(const Row& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          split(row.text(4)),
          row.integer(5),
          optional_integer(row, 6),
          optional_integer(row, 7)};
}

Status check_wanted(const NewKey& wanted, std::int64_t now_ns) {
  if (wanted.name.size() > 200) return invalid_argument("a key's name has at most 200 bytes", "name");
  if (wanted.scopes.empty()) return invalid_argument("a key needs at least one scope", "scopes");
  for (const std::string& scope : wanted.scopes) {
    if (std::ranges::find(kScopes, scope) == kScopes.end()) {
      return invalid_argument("unknown scope '" + scope + "'; there are inference, feedback, read, admin", "scopes");
    }
  }
  if (wanted.expires_ns && *wanted.expires_ns <= now_ns)
    return invalid_argument("the key would have expired already", "expires");
  return ok_status();
}

}  // namespace

bool KeyInfo::is_valid_at(std::int64_t now_ns) const { return !revoked_ns && (!expires_ns || now_ns < *expires_ns); }

Json KeyInfo::to_json() const {
  Json json = {{"id", id},
               {"tenant_id", tenant_id},
               {"name", name},
               {"prefix", prefix},
               {"scopes", scopes},
               {"created_at", format_utc(created_ns)},
               {"expires_at", nullptr},
               {"revoked_at", nullptr}};
  if (expires_ns) json["expires_at"] = format_utc(*expires_ns);
  if (revoked_ns) json["revoked_at"] = format_utc(*revoked_ns);
  return json;
}

Json CreatedKey::to_json() const {
  Json json = info.to_json();
  json["key"] = secret;
  return json;
}

bool looks_like_key(std::string_view bearer) {
  if (bearer.size() != kMark.size() + kSecretDigits || !bearer.starts_with(kMark)) return false;
  bearer.remove_prefix(kMark.size());
  return bearer.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string_view key_prefix(std::string_view key) { return key.substr(0, kPrefixLength); }

std::string key_mac(const Pepper& pepper, std::string_view key) { return to_hex(hmac_sha256(pepper.bytes, key)); }

Result<CreatedKey> create_key(store::Store& store, const Clock& clock, const Pepper& pepper, const NewKey& wanted) {
  const std::int64_t now_ns = clock.now_ns();
  YUPU_RETURN_IF_ERROR(check_wanted(wanted, now_ns));
  CreatedKey created;
  created.secret = new_secret();
  created.info = {random_id("key"), wanted.tenant_id, wanted.name,       std::string(key_prefix(created.secret)),
                  wanted.scopes,    now_ns,           wanted.expires_ns, std::nullopt};
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto tenants,
                          transaction.query("SELECT 1 FROM tenant WHERE id = ?", {wanted.tenant_id}));
    if (tenants.empty()) return not_found("no tenant has the id '" + wanted.tenant_id + "'");
    const Value expires = wanted.expires_ns ? Value(*wanted.expires_ns) : Value(nullptr);
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO api_key (id, tenant_id, name, prefix, mac, scopes, created_ns, expires_ns) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     {created.info.id, wanted.tenant_id, wanted.name, created.info.prefix,
                      key_mac(pepper, created.secret), join(wanted.scopes), now_ns, expires})
            .status());
    return note_change(transaction);
  }));
  return created;
}

Result<std::vector<KeyInfo>> list_keys(store::Store& store, std::string_view tenant_id) {
  const std::string sql =
      "SELECT " + std::string(kColumns) + " FROM api_key WHERE tenant_id = ? OR ? = '' ORDER BY created_ns, id";
  YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(store, sql, {std::string(tenant_id), std::string(tenant_id)}));
  std::vector<KeyInfo> keys;
  for (const Row& row : rows) keys.push_back(key_from(row));
  return keys;
}

Result<KeyInfo> revoke_key(store::Store& store, const Clock& clock, std::string_view id_or_prefix) {
  KeyInfo key;
  const std::string sql = "SELECT " + std::string(kColumns) + " FROM api_key WHERE id = ? OR prefix = ?";
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query(sql, {std::string(id_or_prefix), std::string(id_or_prefix)}));
    if (rows.empty())
      return not_found("no key has the id or prefix '" + std::string(id_or_prefix.substr(0, kPrefixLength)) + "'");
    key = key_from(rows[0]);
    if (key.revoked_ns) return ok_status();
    key.revoked_ns = clock.now_ns();
    YUPU_RETURN_IF_ERROR(
        transaction.execute("UPDATE api_key SET revoked_ns = ? WHERE id = ?", {*key.revoked_ns, key.id}).status());
    return note_change(transaction);
  }));
  return key;
}

Result<std::optional<StoredKey>> find_key(store::Store& store, std::string_view prefix) {
  const std::string sql = "SELECT " + std::string(kColumns) + ", mac FROM api_key WHERE prefix = ?";
  YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(store, sql, {std::string(prefix)}));
  if (rows.empty()) return std::optional<StoredKey>();
  return std::optional<StoredKey>(StoredKey{key_from(rows[0]), rows[0].text(8)});
}

}  // namespace yupu::commerce
