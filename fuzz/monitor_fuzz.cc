// Any bytes as what the monitor reads from outside: a pushed row, the address of a document, the state of the
// detection. Refused, or something that holds together.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "base/json.h"
#include "products/monitor/detect/monitor.h"
#include "products/monitor/documents/document.h"
#include "products/monitor/documents/identity.h"
#include "products/monitor/documents/push_row.h"
#include "text/unicode.h"

namespace {

using namespace yupu::monitor;

constexpr std::int64_t kNow = 20'000 * kDayNs;

void read_row(std::string_view bytes) {
  static const auto topics = TopicDictionary::create({{"tea", {"青山茶", "GHT"}}, {"water", {}}});
  auto row = read_push_row(bytes, "fuzz", kNow);
  if (!row.ok()) {
    CHECK(!row.status().field().empty(), "a refusal has a reason");
    return;
  }
  const auto ready = make_ready(std::move(row).value(), *topics);
  if (!ready.ok()) {
    CHECK(!ready.status().field().empty(), "a refusal has a reason");
    return;
  }
  CHECK(!yupu::text::validate_utf8(ready->document.text), "texts are UTF-8");
  CHECK(!ready->document.publisher.empty() && !ready->id.empty(), "it has a publisher and an id");
}

void read_url(std::string_view bytes) {
  const auto once = canonical_url(bytes);
  if (!once.ok()) return;
  const auto again = canonical_url("https://" + *once);
  CHECK(again.ok() || once->size() > 4000, "what was written can be read");
  if (again.ok()) CHECK(*again == *once, "an address is written one way");
}

// The body of a state, under the right hash: what it says is then all that can be wrong.
void read_state(std::string_view bytes) {
  const TopicRules rules = {{"tea", SurgeRule()}};
  const auto body = yupu::parse_json(bytes);
  if (!body.ok()) return;
  const auto monitor = SurgeMonitor::load(yupu::to_text({{"format", "yupu-surge"},
                                                         {"version", 1},
                                                         {"sha256", yupu::sha256_hex(yupu::to_text(*body))},
                                                         {"body", *body}}),
                                          rules);
  if (!monitor.ok()) return;
  CHECK(SurgeMonitor::load(monitor->save(), rules).ok(), "a state that was read can be written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      read_row(bytes);
      break;
    case 1:
      read_url(bytes);
      break;
    default:
      read_state(bytes);
  }
  return 0;
}
