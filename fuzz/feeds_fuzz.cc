// Any bytes as what a source sends: decoded, read as each kind of feed and as a page. Refused, or texts that are UTF-8.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "data/acquire/feeds/feed.h"
#include "data/acquire/fetch/charset.h"
#include "data/acquire/pages/page.h"
#include "text/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yupu::data;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const auto url = yupu::http::parse_url("https://fuzz.example/feeds/all");
  constexpr std::int64_t kNow = 1'795'000'000'000'000'000;
  const auto decoded = decode_bytes(bytes, (data[0] & 8) != 0 ? "text/xml; charset=gbk" : "");
  if (!decoded.ok()) return 0;
  CHECK(!yupu::text::validate_utf8(decoded->text), "what was decoded is UTF-8");
  const auto feed = read_feed(static_cast<FeedKind>(data[0] % 4), decoded->text, *url, kNow);
  if (feed.ok()) {
    for (const FeedEntry& entry : feed->entries) {
      CHECK(!entry.url.empty() || !entry.title.empty() || !entry.text.empty(), "an entry says something");
      CHECK(!yupu::text::validate_utf8(entry.title) && !yupu::text::validate_utf8(entry.text), "texts are UTF-8");
    }
  } else {
    CHECK(!feed.status().field().empty(), "a refusal has a reason");
  }
  const auto page = read_page(decoded->text, *url);
  CHECK(!page.ok() || !yupu::text::validate_utf8(page->text), "texts are UTF-8");
  return 0;
}
