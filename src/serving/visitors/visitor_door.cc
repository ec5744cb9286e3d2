#include "serving/visitors/visitor_door.h"

#include <algorithm>
#include <utility>

#include "serving/visitors/origin.h"

namespace yupu::serving {

VisitorDoor::VisitorDoor(store::Store& store, const Clock& clock, PublicBot bot)
    : clock_(clock),
      bot_(std::move(bot)),
      tokens_(store, clock, bot_.token_life_ns),
      visitor_rate_(bot_.visitor_rate),
      address_rate_(bot_.address_rate) {}

bool VisitorDoor::lists(std::string_view origin) const {
  return std::find(bot_.origins.begin(), bot_.origins.end(), origin) != bot_.origins.end();
}

Status VisitorDoor::check_origin(const http::Request& request, bool required) const {
  const std::string* origin = request.headers.find("origin");
  if (origin == nullptr && !required) return {};
  if (origin != nullptr && (lists(*origin) || is_own_origin(*origin, request.headers.get("host")))) return {};
  return {Code::kPermissionDenied,
          origin == nullptr ? "the call has no Origin: it comes from no page"
                            : "pages of " + origin->substr(0, 200) + " are not listed for this bot",
          "Origin"};
}

std::int64_t VisitorDoor::wait_for_address_ns(std::string_view address) {
  return address_rate_.wait_ns(address, clock_.monotonic_ns());
}

std::int64_t VisitorDoor::wait_for_visitor_ns(const Visitor& visitor) {
  return visitor_rate_.wait_ns(visitor.id, clock_.monotonic_ns());
}

Result<VisitorToken> VisitorDoor::begin(const IdentityClaim& claim) {
  if (!claim.user_id.empty()) {
    if (bot_.identity_secret.empty())
      return invalid_argument("this bot takes no user_id: its strategy names no identity_secret", "user_id");
    YUPU_RETURN_IF_ERROR(check_identity(bot_.identity_secret, bot_.name, claim, clock_.now_ns()));
  }
  YUPU_ASSIGN_OR_RETURN(const handoff::Caller payer, bot_.payer());
  return tokens_.begin(payer.tenant_id, bot_.name, claim.user_id);
}

OrderedJson VisitorDoor::about() const {
  return {{"bot", bot_.name},
          {"title", {{"zh", bot_.title_zh}, {"en", bot_.title_en}}},
          {"accent", bot_.accent},
          {"examples", bot_.examples}};
}

}  // namespace yupu::serving
