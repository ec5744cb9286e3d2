// API keys: "yp_" + 52 base32 digits (256 random bits).
//
// Secrecy     shown once, by create_key. Stored: the first 11 characters, to find the row, and HMAC-SHA256(pepper,
// key). Revocation  a running server knows within its refresh time (Commerce, at most 1 s).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "commerce/keys/pepper.h"
#include "handoff/admission.h"
#include "store/store.h"

namespace yupu::commerce {

struct KeyInfo {
  std::string id;  // "key_..."
  std::string tenant_id;
  std::string name;
  std::string prefix;               // "yp_" + 8 digits: what people see in lists
  std::vector<std::string> scopes;  // "inference", "feedback", "read", "admin"
  std::int64_t created_ns = 0;
  std::optional<std::int64_t> expires_ns = std::nullopt;
  std::optional<std::int64_t> revoked_ns = std::nullopt;
  bool is_valid_at(std::int64_t now_ns) const;
  Json to_json() const;
};

struct NewKey {
  std::string tenant_id;
  std::string name;
  std::vector<std::string> scopes = {"inference", "feedback", "read"};
  std::optional<std::int64_t> expires_ns = std::nullopt;  // in the future
};

struct CreatedKey {
  KeyInfo info;
  std::string secret;  // the whole key; never stored, never logged
  Json to_json() const;
};

// Errors: kNotFound (tenant), kInvalidArgument (unknown scope, no scope, expiry in the past).
Result<CreatedKey> create_key(store::Store& store, const Clock& clock, const Pepper& pepper, const NewKey& wanted);
// All tenants' when `tenant_id` is empty.
Result<std::vector<KeyInfo>> list_keys(store::Store& store, std::string_view tenant_id = {});
// By id or prefix. Revoking twice is OK. Error: kNotFound.
Result<KeyInfo> revoke_key(store::Store& store, const Clock& clock, std::string_view id_or_prefix);

// Is this written like a key? Anything else is refused without asking the store.
bool looks_like_key(std::string_view bearer);
std::string_view key_prefix(std::string_view key);  // REQUIRES: looks_like_key(key)
std::string key_mac(const Pepper& pepper, std::string_view key);

struct StoredKey {
  KeyInfo info;
  std::string mac;
};
Result<std::optional<StoredKey>> find_key(store::Store& store, std::string_view prefix);

}  // namespace yupu::commerce
