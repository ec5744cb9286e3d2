#include "serving/visitors/visitor_tokens.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "base/ids.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kLastShare = 4;  // of a token's life: the last quarter
constexpr std::int64_t kFollowPause_ns = 60'000'000'000;

Status insert_token(store::Transaction& transaction, const VisitorToken& made, const Visitor& visitor) {
  return transaction
      .execute(
          "INSERT INTO visitor_token (token_sha256, tenant_id, bot, visitor_id, expires_ns, followed_ns) "
          "VALUES (?, ?, ?, ?, ?, 0)",
          {sha256_hex(made.token), visitor.tenant_id, visitor.bot, visitor.id, made.expires_ns})
      .status();
}

// The visitor who always has this user id.
Result<std::string> known_visitor(store::Transaction& transaction, const Visitor& wanted, const std::string& user_id,
                                  std::int64_t now_ns) {
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO visitor_identity (tenant_id, bot, user_id, visitor_id, created_ns) VALUES "
                   "(?, ?, ?, ?, ?) ON CONFLICT (tenant_id, bot, user_id) DO NOTHING",
                   {wanted.tenant_id, wanted.bot, user_id, wanted.id, now_ns})
          .status());
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT visitor_id FROM visitor_identity WHERE tenant_id = ? AND bot = ? AND user_id = ?",
                        {wanted.tenant_id, wanted.bot, user_id}));
  return rows.at(0).text(0);
}

}  // namespace

VisitorTokens::VisitorTokens(store::Store& store, const Clock& clock, std::int64_t life_ns)
    : store_(store), clock_(clock), life_ns_(life_ns) {
  CHECK(life_ns > 0 && life_ns <= kTokenLifeMax_ns, "a token's life is at most a day");
}

Result<VisitorToken> VisitorTokens::begin(const std::string& tenant_id, const std::string& bot,
                                          const std::string& user_id) {
  const std::int64_t now_ns = clock_.now_ns();
  const VisitorToken made{.token = random_id("vt"), .expires_ns = now_ns + life_ns_};
  const Visitor fresh{.id = random_id("vi"), .tenant_id = tenant_id, .bot = bot};
  YUPU_RETURN_IF_ERROR(store_.write([&](store::Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(transaction.execute("DELETE FROM visitor_token WHERE expires_ns <= ?", {now_ns}).status());
    Visitor visitor = fresh;
    if (!user_id.empty()) {
      YUPU_ASSIGN_OR_RETURN(visitor.id, known_visitor(transaction, fresh, user_id, now_ns));
    }
    return insert_token(transaction, made, visitor);
  }));
  return made;
}

Result<Visitor> VisitorTokens::find(std::string_view token) {
  const std::string hash = sha256_hex(token);
  std::optional<Visitor> found;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT visitor_id, tenant_id, bot, expires_ns FROM visitor_token WHERE token_sha256 = ? "
                          "AND expires_ns > ?",
                          {hash, clock_.now_ns()}));
    if (rows.empty()) return {};
    found = Visitor{.id = rows[0].text(0),
                    .tenant_id = rows[0].text(1),
                    .bot = rows[0].text(2),
                    .token_expires_ns = rows[0].integer(3)};
    return {};
  }));
  if (!found) {
    return Status(Code::kUnauthenticated, "the visitor's token is unknown or over; POST /v1/visitors gives another",
                  "yupu-visitor");
  }
  return *std::move(found);
}

Result<std::optional<VisitorToken>> VisitorTokens::follow(std::string_view token, const Visitor& visitor) {
  const std::int64_t now_ns = clock_.now_ns();
  if (visitor.token_expires_ns - now_ns > life_ns_ / kLastShare) return std::optional<VisitorToken>();
  const VisitorToken made{.token = random_id("vt"), .expires_ns = now_ns + life_ns_};
  const std::string hash = sha256_hex(token);
  bool handed_out = false;
  YUPU_RETURN_IF_ERROR(store_.write([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t changed,
        transaction.execute("UPDATE visitor_token SET followed_ns = ? WHERE token_sha256 = ? AND followed_ns <= ?",
                            {now_ns, hash, now_ns - kFollowPause_ns}));
    handed_out = changed > 0;
    return handed_out ? insert_token(transaction, made, visitor) : ok_status();
  }));
  return handed_out ? std::optional<VisitorToken>(made) : std::optional<VisitorToken>();
}

Result<std::optional<std::string>> owner_of_conversation(store::Store& store, const std::string& tenant_id,
                                                         const std::string& conversation) {
  std::optional<std::string> owner;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT visitor_id FROM visitor_conversation WHERE tenant_id = ? AND conversation_id = ?",
                          {tenant_id, conversation}));
    if (!rows.empty()) owner = rows[0].text(0);
    return {};
  }));
  return owner;
}

Status own_conversation(store::Transaction& transaction, const Visitor& visitor, const std::string& conversation) {
  YUPU_RETURN_IF_ERROR(transaction
                           .execute("INSERT INTO visitor_conversation (tenant_id, conversation_id, visitor_id) VALUES "
                                    "(?, ?, ?) ON CONFLICT (tenant_id, conversation_id) DO NOTHING",
                                    {visitor.tenant_id, conversation, visitor.id})
                           .status());
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT visitor_id FROM visitor_conversation WHERE tenant_id = ? AND conversation_id = ?",
                        {visitor.tenant_id, conversation}));
  if (rows.at(0).text(0) == visitor.id) return {};
  return {Code::kNotFound, "no such conversation with this bot", "conversation"};
}

}  // namespace yupu::serving
