#include "products/monitor/documents/identity.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "http/message.h"
#include "http/url.h"

namespace yupu::monitor {
namespace {

constexpr std::array<std::string_view, 21> kTracking = {
    "fbclid", "gclid", "gclsrc", "dclid",  "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid",
    "igshid", "igsh",  "mc_cid", "mc_eid", "_hsenc", "_hsmi",  "mkt_tok", "spm",   "_ga",    "_gl"};

bool is_tracking(std::string_view parameter) {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return http::equal_ignoring_case(name.substr(0, 4), "utm_") ||
         std::any_of(kTracking.begin(), kTracking.end(),
                     [&](std::string_view known) { return http::equal_ignoring_case(name, known); });
}

std::string canonical_query(std::string_view query) {
  std::vector<std::string_view> kept;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (!parameter.empty() && !is_tracking(parameter)) kept.push_back(parameter);
  }
  std::sort(kept.begin(), kept.end());
  std::string out;
  for (const std::string_view parameter : kept) {
    out += out.empty() ? '?' : '&';
    out += parameter;
  }
  return out;
}

}  // namespace

Result<std::string> canonical_url(std::string_view url) {
  YUPU_ASSIGN_OR_RETURN(http::Url parsed, http::parse_url(url));
  if (parsed.port == 80 || parsed.port == 443) {
    parsed.scheme = "https";
    parsed.port = 443;
  }
  return parsed.authority() + parsed.path + canonical_query(parsed.query);
}

std::string content_hash(std::string_view folded_title, std::string_view folded_text) {
  return Sha256().field(folded_title).field(folded_text).finish_hex();
}

Result<std::string> document_id(const DocumentNames& names) {
  const auto id = [](std::string_view kind, std::string_view first, std::string_view second) {
    return content_id("doc", Sha256().field(kind).field(first).field(second).finish_hex());
  };
  if (!names.url.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::string url, canonical_url(names.url));
    if (!url.ends_with('/') || std::count(url.begin(), url.end(), '/') > 1) return id("url", url, "");
  }
  if (!names.guid.empty()) return id("guid", names.source, names.guid);
  return id("content", names.source, names.content);
}

}  // namespace yupu::monitor
