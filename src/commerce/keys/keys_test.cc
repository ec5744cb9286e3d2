#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

using ::testing::HasSubstr;
using testing::Shop;

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Keys, AreLongRandomAndShownOnce) {
  Shop shop;
  std::set<std::string> secrets;
  for (int i = 0; i < 50; ++i) {
    const auto key =
        create_key(*shop.store, shop.clock, shop.commerce->pepper(), {.tenant_id = shop.tenant.id, .name = "k"});
    ASSERT_TRUE(key.ok()) << key.status().to_string();
    EXPECT_EQ(key.value().secret.size(), 55u);
    EXPECT_TRUE(looks_like_key(key.value().secret));
    EXPECT_TRUE(secrets.insert(key.value().secret).second);
    EXPECT_EQ(key.value().info.prefix, key.value().secret.substr(0, 11));
  }
  const std::vector<KeyInfo> keys = list_keys(*shop.store, shop.tenant.id).value();
  EXPECT_EQ(keys.size(), 51u);
  for (const KeyInfo& key : keys) EXPECT_FALSE(key.to_json().contains("key"));
}

TEST(Keys, TheDatabaseHoldsNoUsableKey) {
  Shop shop;
  const std::string secret = shop.key.secret;
  bool is_found = false;
  ASSERT_TRUE(shop.store
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT prefix, mac FROM api_key"));
                    for (const auto& row : rows) {
                      is_found = true;
                      EXPECT_EQ(row.text(0), secret.substr(0, 11));
                      EXPECT_THAT(row.text(1), ::testing::Not(HasSubstr(secret.substr(11))));
                      EXPECT_EQ(row.text(1), key_mac(shop.commerce->pepper(), secret));
                    }
                    return ok_status();
                  })
                  .ok());
  EXPECT_TRUE(is_found);
}

TEST(Keys, WrongOnesAreAllRefusedAlike) {
  Shop shop;
  std::string one_off = shop.key.secret;
  one_off.back() = one_off.back() == 'a' ? 'b' : 'a';
  const std::string unknown = "yp_" + std::string(52, 'q');
  for (const std::string& bearer :
       {std::string(), std::string("yp_"), std::string("Bearer x"), one_off, unknown, shop.key.secret + "a",
        shop.key.secret.substr(0, 54), std::string(55, '\xff'), std::string(100'000, 'y')}) {
    const Status status = shop.commerce->authenticate(bearer).status();
    EXPECT_EQ(status.code(), Code::kUnauthenticated);
    EXPECT_EQ(status.message(), shop.commerce->authenticate(unknown).status().message());
  }
  EXPECT_EQ(shop.commerce->authenticate(shop.key.secret).value().tenant_id, shop.tenant.id);
}

TEST(Keys, RevocationIsInForceWithinASecond) {
  Shop shop;
  ASSERT_TRUE(shop.commerce->authenticate(shop.key.secret).ok());
  const auto revoked = revoke_key(*shop.store, shop.clock, shop.key.info.id);
  ASSERT_TRUE(revoked.ok());
  EXPECT_TRUE(revoked.value().revoked_ns.has_value());
  shop.clock.advance_ns(kSecond);
  EXPECT_EQ(shop.commerce->authenticate(shop.key.secret).status().code(), Code::kUnauthenticated);
  EXPECT_TRUE(revoke_key(*shop.store, shop.clock, shop.key.info.prefix).ok()) << "twice is fine, by prefix too";
  EXPECT_EQ(revoke_key(*shop.store, shop.clock, "key_nobody").status().code(), Code::kNotFound);
}

TEST(Keys, ExpireAtTheirHour) {
  Shop shop;
  const std::int64_t expires_ns = shop.clock.now_ns() + 10 * kSecond;
  const auto key =
      create_key(*shop.store, shop.clock, shop.commerce->pepper(),
                 {.tenant_id = shop.tenant.id, .name = "short", .scopes = {"read"}, .expires_ns = expires_ns});
  ASSERT_TRUE(key.ok());
  shop.clock.set_ns(expires_ns - 1);
  EXPECT_TRUE(shop.commerce->authenticate(key.value().secret).value().may("read"));
  EXPECT_FALSE(shop.commerce->authenticate(key.value().secret).value().may("admin"));
  shop.clock.set_ns(expires_ns);
  EXPECT_EQ(shop.commerce->authenticate(key.value().secret).status().code(), Code::kUnauthenticated);
}

TEST(Keys, BadWishesNameTheField) {
  Shop shop;
  const auto make = [&](const NewKey& wanted) {
    return create_key(*shop.store, shop.clock, shop.commerce->pepper(), wanted).status();
  };
  EXPECT_EQ(make({.tenant_id = "tn_nobody", .name = "k"}).code(), Code::kNotFound);
  EXPECT_EQ(make({.tenant_id = shop.tenant.id, .name = "k", .scopes = {"root"}}).field(), "scopes");
  EXPECT_EQ(make({.tenant_id = shop.tenant.id, .name = "k", .scopes = {}}).field(), "scopes");
  EXPECT_EQ(make({.tenant_id = shop.tenant.id, .name = std::string(201, 'x')}).field(), "name");
  EXPECT_EQ(make({.tenant_id = shop.tenant.id, .name = "k", .expires_ns = shop.clock.now_ns()}).field(), "expires");
}

TEST(Keys, AFloodOfWrongKeysIsBounded) {
  Shop shop;
  Directory directory(*shop.store, shop.clock, 250);
  for (std::size_t i = 0; i < Directory::kUnknownMax + 500; ++i) {
    ASSERT_EQ(directory.key("yp_" + std::to_string(i)).value(), nullptr);
  }
  EXPECT_LE(directory.unknown_count(), Directory::kUnknownMax);
}

TEST(Pepper, IsMadeOnceAndPrivate) {
  Shop shop;
  const std::string path = shop.folder.file("secrets/pepper");
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(open_pepper(*shop.store, path).value().bytes, shop.commerce->pepper().bytes);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const Status readable = open_pepper(*shop.store, path).status();
  EXPECT_EQ(readable.code(), Code::kPermissionDenied);
  EXPECT_THAT(readable.message(), HasSubstr("chmod 600"));
}

TEST(Pepper, LostOrSwappedIsNoticed) {
  Shop shop;
  const std::string path = shop.folder.file("secrets/pepper");
  const std::string before = read_file(path).value();
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_EQ(open_pepper(*shop.store, path).status().code(), Code::kConflict);
  EXPECT_FALSE(file_exists(path)) << "no new pepper may be made in its place";
  ASSERT_TRUE(write_file_atomic(path, std::string(64, 'a')).ok());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(open_pepper(*shop.store, path).status().code(), Code::kConflict);
  ASSERT_TRUE(write_file_atomic(path, "short").ok());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(open_pepper(*shop.store, path).status().code(), Code::kInvalidArgument);
  ASSERT_TRUE(write_file_atomic(path, before).ok());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(open_pepper(*shop.store, path).ok());
}

}  // namespace
}  // namespace yupu::commerce
