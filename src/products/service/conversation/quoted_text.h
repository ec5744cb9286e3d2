// What the bot says when documents answer: their sentences and nothing else.
//
//   one document    "A refund takes three days.\nIt goes to the card you paid with."
//   several         "Tea may be returned within 14 days. (2026-09-29)\nTea may be returned within 30 days.
//   (2026-09-30)"
//
// A sentence a line, each byte for byte what its citation names; where several documents speak, each line ends with its
// document's date, so that what contradicts itself can be told apart. Nothing is merged or rewritten.
// Threads: pure function.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "products/service/knowledge/quotes.h"
#include "serving/bot.h"

namespace yupu::products {

struct QuotedText {
  std::string text;
  std::vector<serving::BotQuote> quotes;  // of each line
};
// The day a document is of is that of the shop's clocks.
QuotedText quoted_text(std::span<const Quote> quotes, std::int64_t utc_offset_minutes);

}  // namespace yupu::products
