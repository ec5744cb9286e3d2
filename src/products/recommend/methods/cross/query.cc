#include "products/recommend/methods/cross/query.h"

#include <algorithm>
#include <vector>

#include "base/utf8.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kBetween = "; ";

}  // namespace

std::string query_of(std::span<const std::uint32_t> touched, std::span<const std::string> texts) {
  std::string query;
  std::vector<std::uint32_t> taken;
  for (const std::uint32_t item : touched.first(std::min(touched.size(), kQueryEvents))) {
    if (taken.size() == kQueryItems) break;
    if (item >= texts.size() || texts[item].empty()) continue;
    if (std::find(taken.begin(), taken.end(), item) != taken.end()) continue;
    if (!taken.empty()) query += kBetween;
    query += utf8_prefix(texts[item], kQueryItemBytes);
    taken.push_back(item);
  }
  return query;
}

std::string query_of(std::span<const tasks::Behaviour> history, std::span<const std::string> texts) {
  std::vector<std::uint32_t> touched;
  for (auto event = history.rbegin(); event != history.rend() && touched.size() < kQueryEvents; ++event)
    touched.push_back(event->item);
  return query_of(touched, texts);
}

std::string_view item_side(std::string_view text) { return utf8_prefix(text, kItemSideBytes); }

}  // namespace yupu::recommend
