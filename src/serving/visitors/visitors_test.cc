// Origins, signatures, tokens, and what the door makes of them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"
#include "serving/visitors/identity.h"
#include "serving/visitors/origin.h"
#include "serving/visitors/visitor_door.h"
#include "store/testing.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

TEST(Origin, IsReadAsABrowserWritesIt) {
  const struct {
    const char *written, *read;  // read empty: refused
  } rows[] = {
      {"https://www.example.com", "https://www.example.com"},
      {"HTTPS://WWW.Example.com", "https://www.example.com"},
      {"https://example.com:443", "https://example.com"},
      {"http://example.com:80", "http://example.com"},
      {"http://example.com:443", "http://example.com:443"},
      {"http://localhost:5173", "http://localhost:5173"},
      {"http://[::1]:8080", "http://[::1]:8080"},
      {"https://xn--fiq228c.example", "https://xn--fiq228c.example"},
      {"https://example.com/", ""},
      {"https://example.com/shop", ""},
      {"https://*.example.com", ""},
      {"https://中文.example", ""},
      {"https://user@example.com", ""},
      {"https://example.com:", ""},
      {"https://example.com:0", ""},
      {"https://example.com:65536", ""},
      {"https://example.com:8o", ""},
      {"https://[::1", ""},
      {"https://[]", ""},
      {"https://", ""},
      {"example.com", ""},
      {"file:///shop.html", ""},
      {"null", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    const Result<std::string> origin = parse_origin(row.written);
    EXPECT_EQ(origin.ok() ? *origin : "", row.read) << row.written;
    EXPECT_TRUE(origin.ok() || origin.status().code() == Code::kInvalidArgument) << row.written;
  }
}

TEST(Origin, OfThisServerIsTheHostThatWasAsked) {
  EXPECT_TRUE(is_own_origin("https://bot.example.com", "bot.example.com"));
  EXPECT_TRUE(is_own_origin("http://127.0.0.1:8080", "127.0.0.1:8080"));
  EXPECT_FALSE(is_own_origin("https://bot.example.com.evil.com", "bot.example.com"));
  EXPECT_FALSE(is_own_origin("https://bot.example.com", ""));
  EXPECT_FALSE(is_own_origin("null", "null"));
  EXPECT_FALSE(is_own_origin("", ""));
}

TEST(Identity, IsWhatTheShopHasSignedAndNotForEver) {
  const std::int64_t now_ns = 1'000'000 * kSecond;
  IdentityClaim claim{.user_id = "u-42", .expires_at_s = 1'000'060};
  claim.signature = identity_signature(kSecret, "shop", claim);
  EXPECT_EQ(claim.signature.size(), 64U);
  EXPECT_TRUE(check_identity(kSecret, "shop", claim, now_ns).ok());
  const auto refused = [&](const std::string& secret, const std::string& bot, IdentityClaim changed, std::int64_t at) {
    return check_identity(secret, bot, changed, at).code() == Code::kUnauthenticated;
  };
  EXPECT_TRUE(refused("another secret of thirty-two bytes", "shop", claim, now_ns));
  EXPECT_TRUE(refused(kSecret, "other", claim, now_ns));
  EXPECT_TRUE(refused(kSecret, "shop", claim, now_ns + 60 * kSecond)) << "over";
  IdentityClaim changed = claim;
  changed.user_id = "u-43";
  EXPECT_TRUE(refused(kSecret, "shop", changed, now_ns));
  changed = claim;
  changed.expires_at_s += 1;
  EXPECT_TRUE(refused(kSecret, "shop", changed, now_ns));
  changed = claim;
  changed.signature.pop_back();
  EXPECT_TRUE(refused(kSecret, "shop", changed, now_ns));
  changed = {.user_id = "u-42", .expires_at_s = 1'000'000 + kIdentityLifeMax_s + 1};
  changed.signature = identity_signature(kSecret, "shop", changed);
  EXPECT_TRUE(refused(kSecret, "shop", changed, now_ns)) << "good for more than a day";
}

// What shops have to compute: pinned, because their code cannot be changed with ours.
TEST(Identity, SignatureIsHmacOfThreeLines) {
  EXPECT_EQ(identity_signature("key", "shop", {.user_id = "u", .expires_at_s = 7}),
            to_hex(hmac_sha256("key", "shop\nu\n7")));
}

TEST(Identity, TheSecretIsAFileOfItsOwnersAlone) {
  const yupu::testing::TempDir dir;
  const std::string path = dir.file("secret");
  ASSERT_TRUE(write_file_atomic(path, std::string(kSecret) + "\n").ok());
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(read_identity_secret(path).status().code(), Code::kPermissionDenied);
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(*read_identity_secret(path), kSecret);
  EXPECT_EQ(read_identity_secret(dir.file("none")).status().code(), Code::kNotFound);
  ASSERT_TRUE(write_file_atomic(path, "short\n").ok());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(read_identity_secret(path).status().code(), Code::kInvalidArgument);
}

class TokensTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = store::open_store(yupu::testing::url_in(dir_));
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
    tokens_ = std::make_unique<VisitorTokens>(*store_, clock_, 8 * kHour);
  }
  std::int64_t count(const std::string& sql) {
    std::int64_t rows = -1;
    const Status status = store_->read([&](store::Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(const auto found, transaction.query("SELECT COUNT(*) FROM " + sql));
      rows = found[0].integer(0);
      return {};
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return rows;
  }
  yupu::testing::TempDir dir_;
  FakeClock clock_{1'000'000 * kSecond};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<VisitorTokens> tokens_;
};

TEST_F(TokensTest, AreGoodForTheirLifeAndNotStored) {
  const VisitorToken made = *tokens_->begin("t_1", "shop", "");
  EXPECT_EQ(made.expires_ns, clock_.now_ns() + 8 * kHour);
  const Visitor visitor = *tokens_->find(made.token);
  EXPECT_EQ(visitor.tenant_id, "t_1");
  EXPECT_EQ(visitor.bot, "shop");
  EXPECT_EQ(count("visitor_token WHERE token_sha256 = '" + made.token + "'"), 0);
  for (const std::string& wrong : {std::string(), made.token + "a", made.token.substr(1), std::string("' OR 1=1 --")}) {
    EXPECT_EQ(tokens_->find(wrong).status().code(), Code::kUnauthenticated) << wrong;
  }
  clock_.advance_ns(8 * kHour - 1);
  EXPECT_TRUE(tokens_->find(made.token).ok());
  clock_.advance_ns(1);
  EXPECT_EQ(tokens_->find(made.token).status().code(), Code::kUnauthenticated);
  ASSERT_TRUE(tokens_->begin("t_1", "shop", "").ok());
  EXPECT_EQ(count("visitor_token"), 1) << "the one that is over has gone";
}

TEST_F(TokensTest, AreFollowedNearTheirEndByTheSameVisitorsNext) {
  const VisitorToken made = *tokens_->begin("t_1", "shop", "");
  const Visitor visitor = *tokens_->find(made.token);
  clock_.advance_ns(6 * kHour - 1);
  EXPECT_FALSE((*tokens_->follow(made.token, visitor)).has_value()) << "more than a quarter is left";
  clock_.advance_ns(1);
  const std::optional<VisitorToken> next = *tokens_->follow(made.token, visitor);
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE((*tokens_->follow(made.token, visitor)).has_value()) << "not twice within a minute";
  EXPECT_EQ(count("visitor_token"), 2);
  EXPECT_EQ(tokens_->find(next->token)->id, visitor.id);
  EXPECT_TRUE(tokens_->find(made.token).ok()) << "the answer with the next one may have been lost";
  clock_.advance_ns(60 * kSecond);
  EXPECT_TRUE((*tokens_->follow(made.token, visitor)).has_value());
  clock_.advance_ns(2 * kHour);
  EXPECT_FALSE(tokens_->find(made.token).ok());
  EXPECT_TRUE(tokens_->find(next->token).ok());
}

TEST_F(TokensTest, OfAKnownUserAreOneVisitorPerTenantAndBot) {
  const auto visitor_of = [&](const std::string& tenant, const std::string& bot, const std::string& user) {
    return tokens_->find(tokens_->begin(tenant, bot, user)->token)->id;
  };
  const std::string known = visitor_of("t_1", "shop", "u-42");
  EXPECT_EQ(visitor_of("t_1", "shop", "u-42"), known);
  EXPECT_NE(visitor_of("t_1", "shop", "u-43"), known);
  EXPECT_NE(visitor_of("t_1", "other", "u-42"), known);
  EXPECT_NE(visitor_of("t_2", "shop", "u-42"), known);
  EXPECT_NE(visitor_of("t_1", "shop", ""), visitor_of("t_1", "shop", ""));
}

TEST_F(TokensTest, AConversationIsItsFirstVisitorsAndTheirTenants) {
  const Visitor mine{.id = "vi_1", .tenant_id = "t_1", .bot = "shop"};
  const Visitor other{.id = "vi_2", .tenant_id = "t_1", .bot = "shop"};
  const auto own = [&](const Visitor& visitor) {
    return store_->write(
        [&](store::Transaction& transaction) { return own_conversation(transaction, visitor, "cv_1"); });
  };
  EXPECT_FALSE((*owner_of_conversation(*store_, "t_1", "cv_1")).has_value());
  EXPECT_TRUE(own(mine).ok());
  EXPECT_TRUE(own(mine).ok());
  EXPECT_EQ(own(other).code(), Code::kNotFound);
  EXPECT_EQ(*owner_of_conversation(*store_, "t_1", "cv_1"), "vi_1");
  EXPECT_FALSE((*owner_of_conversation(*store_, "t_2", "cv_1")).has_value());
}

TEST_F(TokensTest, TheDoorOpensForListedOriginsAndProvenUsers) {
  PublicBot bot;
  bot.name = "shop";
  bot.origins = {"https://www.example.com"};
  bot.payer = [] { return Result<handoff::Caller>(handoff::Caller{"t_1", "k_1", {"inference"}}); };
  VisitorDoor open(*store_, clock_, bot);
  const auto from = [](const std::string& origin) {
    http::Request request;
    request.headers = {{"host", "bot.example.com"}};
    if (!origin.empty()) request.headers.add("origin", origin);
    return request;
  };
  EXPECT_TRUE(open.check_origin(from("https://www.example.com"), true).ok());
  EXPECT_TRUE(open.check_origin(from("https://bot.example.com"), true).ok()) << "our own page";
  for (const char* wrong : {"http://www.example.com", "https://www.example.com:444", "https://example.com", "null",
                            "https://www.example.com.evil.com"}) {
    EXPECT_EQ(open.check_origin(from(wrong), false).code(), Code::kPermissionDenied) << wrong;
  }
  EXPECT_EQ(open.check_origin(from(""), true).code(), Code::kPermissionDenied);
  EXPECT_TRUE(open.check_origin(from(""), false).ok());

  IdentityClaim claim{.user_id = "u-42", .expires_at_s = 1'000'060};
  claim.signature = identity_signature(kSecret, "shop", claim);
  EXPECT_TRUE(open.begin({}).ok());
  EXPECT_EQ(open.begin(claim).status().code(), Code::kInvalidArgument) << "no secret: never taken on trust";
  bot.identity_secret = kSecret;
  VisitorDoor proving(*store_, clock_, bot);
  EXPECT_TRUE(proving.begin(claim).ok());
  claim.signature[0] = claim.signature[0] == '0' ? '1' : '0';
  EXPECT_EQ(proving.begin(claim).status().code(), Code::kUnauthenticated);
  EXPECT_EQ(count("visitor_identity"), 1);
}

}  // namespace
}  // namespace yupu::serving
