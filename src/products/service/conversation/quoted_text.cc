#include "products/service/conversation/quoted_text.h"

#include <algorithm>

#include "products/service/conversation/civil_date.h"

namespace yupu::products {

QuotedText quoted_text(std::span<const Quote> quotes, std::int64_t utc_offset_minutes) {
  const bool of_several =
      std::any_of(quotes.begin(), quotes.end(), [&](const Quote& one) { return one.source != quotes.front().source; });
  QuotedText out;
  for (const Quote& one : quotes) {
    const std::string date = civil_date(one.dated_ns, utc_offset_minutes).to_string();
    if (!out.text.empty()) out.text += '\n';
    out.text += one.text;
    if (of_several) out.text += " (" + date + ")";
    out.quotes.push_back({.document = one.source,
                          .version = one.version,
                          .begin = one.begin,
                          .end = one.end,
                          .title = one.title,
                          .date = date,
                          .score = one.score,
                          .page = one.page});
  }
  return out;
}

}  // namespace yupu::products
