// Items that the caller gives, put in order for a user: what another engine has found, or a page shows anyway.
//   known     scored by the ranker as in a list, what the user has touched and what is not there yet too
//   unknown   with a text: as the candidates and given items score whose words are most alike, the mean of the first
//             kAlike weighed by the cosine of their words, (1 + ln f) * ln(1 + N / n) each; without a text, or with no
//             word in common: it has no score, is flagged, and stands behind the others in the order given
//   hidden    what was taken down, or is blocked by the tenant's rules, is left out and named: nothing else is lost
// Threads  pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "products/recommend/serve/lists.h"

namespace yupu::recommend {

inline constexpr std::size_t kGivenItemsMax = 500, kAlike = 5;

struct GivenItem {
  std::string id, title = {}, text = {};  // but for the id: of what nobody has told of
  std::vector<std::string> tags = {};
};

struct OrderRequest {
  ListRequest asked;  // its count, exclude and explores are not read
  std::vector<GivenItem> items;
};

struct OrderedItem {
  std::string id, title;
  std::optional<std::uint32_t> number;  // of the record; unset: unknown
  std::optional<float> score;           // unset: there was nothing to read
  Reason reason = {};                   // of what is known
  bool is_new = false;
  std::vector<float> features = {};
};

struct GivenOrder {
  bool by_fallback = false, is_unknown_user = false;
  std::vector<std::string> unknown_context, left_out;
  std::vector<OrderedItem> items;
};

GivenOrder order_given(const Record& record, const ItemIds& hidden, const OrderRequest& request, std::int64_t now_ns,
                       const ListRules& rules = {}, const Policy& policy = {});

// {"user", "items": ["b3", 7, {"id", "title", "description", "tags", "created"}], "surface", "context", "explain"}
// Outcomes  kInvalidArgument, kTooLarge, the field as the caller wrote it: "items[3].title".  An id that stands twice
// is
//           refused.
Result<OrderRequest> parse_order_request(std::string_view body);

// {"fallback", "unknown_user", "items": [{"id", "title", "score", "position", "flags", "reason"}], "left_out"}
OrderedJson order_json(const Record& record, const GivenOrder& order, bool explained);

}  // namespace yupu::recommend
