#include "text/bm25/bm25.h"

#include <cmath>
#include <cstdint>

#include "text/unicode.h"

namespace yupu::text {
namespace {

// The end of the run that begins at `begin` and is all ideographs, or has none.
std::size_t run_end(std::u32string_view text, std::size_t begin) {
  const bool ideographs = is_cjk_ideograph(text[begin]);
  std::size_t end = begin + 1;
  while (end < text.size() && is_word_part(text[end]) && is_cjk_ideograph(text[end]) == ideographs) ++end;
  return end;
}

enum class Singles : std::uint8_t { kNo, kYes };  // whether the ideographs of a pair are terms too

std::vector<std::string> cut_terms(std::string_view text, Singles singles) {
  const std::u32string points = decode_utf8(lower(nfkc(text))).code_points;
  const std::u32string_view all(points);
  std::vector<std::string> terms;
  for (std::size_t begin = 0; begin < all.size();) {
    if (!is_word_part(all[begin])) {
      ++begin;
      continue;
    }
    const std::size_t end = run_end(all, begin);
    if (is_cjk_ideograph(all[begin]) && end - begin > 1) {
      for (std::size_t i = begin; i + 1 < end; ++i) terms.push_back(encode_utf8(all.substr(i, 2)));
      for (std::size_t i = begin; i < end && singles == Singles::kYes; ++i)
        terms.push_back(encode_utf8(all.substr(i, 1)));
    } else {
      terms.push_back(encode_utf8(all.substr(begin, end - begin)));
    }
    begin = end;
  }
  return terms;
}

}  // namespace

std::vector<std::string> bm25_terms(std::string_view text) { return cut_terms(text, Singles::kNo); }

std::vector<std::string> bm25_index_terms(std::string_view text) { return cut_terms(text, Singles::kYes); }

Bm25Index::Bm25Index(std::span<const std::string> texts, Bm25Options options) : options_(options) {
  double length_sum = 0.0;
  for (const std::string& text : texts) {
    const auto index = static_cast<std::uint32_t>(lengths_.size());
    const std::vector<std::string> terms = bm25_terms(text);
    lengths_.push_back(static_cast<std::uint32_t>(terms.size()));
    length_sum += static_cast<double>(terms.size());
    for (const std::string& term : terms) {
      std::vector<Posting>& postings = postings_[term];
      if (postings.empty() || postings.back().text != index) postings.push_back({.text = index, .count = 0});
      ++postings.back().count;
    }
  }
  if (!texts.empty()) mean_length_ = length_sum / static_cast<double>(texts.size());
}

std::vector<double> Bm25Index::scores(std::string_view query) const {
  std::vector<double> out(text_count(), 0.0);
  const auto total = static_cast<double>(text_count());
  for (const std::string& term : bm25_terms(query)) {
    const auto found = postings_.find(term);
    if (found == postings_.end()) continue;
    const auto with_it = static_cast<double>(found->second.size());
    const double idf = std::log(1.0 + (total - with_it + 0.5) / (with_it + 0.5));
    for (const Posting& posting : found->second) {
      const auto times = static_cast<double>(posting.count);
      const double length = static_cast<double>(lengths_[posting.text]) / mean_length_;
      out[posting.text] +=
          idf * times * (options_.k1 + 1.0) / (times + options_.k1 * (1.0 - options_.b + options_.b * length));
    }
  }
  return out;
}

}  // namespace yupu::text
