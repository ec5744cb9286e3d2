#include "products/monitor/board/terms.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "products/monitor/detect/series.h"
#include "text/bm25/bm25.h"
#include "text/unicode.h"

namespace yupu::monitor {
namespace {

constexpr double kPriorDocuments = 4;
constexpr std::int64_t kDocumentsMin = 2;  // one text is no news of many
constexpr std::int64_t kNowMost = 300;
constexpr std::int64_t kBeforeMost = 700;
constexpr std::size_t kTermsShown = 12;
constexpr std::size_t kTextBytesMost = 2000;  // of a text, which says first what it says

// In how many of the texts each term is.
std::map<std::string, std::int64_t> frequencies(std::span<const std::string> texts) {
  std::map<std::string, std::int64_t> counts;
  for (const std::string& text : texts) {
    const auto terms = text::bm25_terms(text);
    for (const std::string& term : std::set<std::string>(terms.begin(), terms.end())) ++counts[term];
  }
  return counts;
}

// A letter or a number by itself says nothing; an ideograph does.
bool is_telling(const std::string& term) {
  const std::u32string points = text::decode_utf8(term).code_points;
  if (points.size() < 2) return !points.empty() && text::is_cjk_ideograph(points[0]);
  return std::any_of(points.begin(), points.end(),
                     [](char32_t point) { return text::category(point) == text::Category::kLetter; });
}

double log_odds(double with, double all, double prior_with) {
  return std::log((with + prior_with) / (all + kPriorDocuments - with - prior_with));
}

bool is_ideographs(const std::u32string& term) {
  return std::all_of(term.begin(), term.end(), [](char32_t point) { return text::is_cjk_ideograph(point); });
}

// "玻璃" and "璃碎" of the same documents are parts of one word. `folded`: the texts as the terms are.
void join_overlapping(std::vector<Term>& terms, std::span<const std::string> folded) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (std::size_t j = 0; j < terms.size(); ++j) {
      const std::u32string left = text::decode_utf8(terms[i].term).code_points;
      const std::u32string right = text::decode_utf8(terms[j].term).code_points;
      if (i == j || terms[i].documents != terms[j].documents || left.empty() || right.size() < 2 ||
          left.back() != right.front() || !is_ideographs(left) || !is_ideographs(right))
        continue;
      const std::string joined = text::encode_utf8(left + right.substr(1));
      const auto count = std::count_if(folded.begin(), folded.end(),
                                       [&](const std::string& text) { return text.find(joined) != std::string::npos; });
      if (count != terms[i].documents) continue;
      terms[i].term = joined;
      terms[i].before = std::min(terms[i].before, terms[j].before);
      terms[i].z = std::max(terms[i].z, terms[j].z);
      terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(j));
      return join_overlapping(terms, folded);
    }
  }
}

Result<std::vector<std::string>> texts_in(store::Transaction& transaction, std::string_view which,
                                          std::span<const store::Value> values) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT d.title, d.text FROM monitor_mention m JOIN monitor_document d ON d.id = m.document_id "
                        "WHERE m.monitor = ? AND m.topic = ? AND m.published_ns >= ? AND m.published_ns < ? AND "
                        "m.counted = 1 " +
                            std::string(which) + "ORDER BY m.published_ns DESC, m.sequence DESC LIMIT ?",
                        values));
  std::vector<std::string> texts;
  for (const store::Row& row : rows)
    texts.push_back(row.text(0) + "\n" + std::string(utf8_prefix(row.text(1), kTextBytesMost)));
  return texts;
}

}  // namespace

std::vector<Term> telling_terms(std::span<const std::string> now, std::span<const std::string> before,
                                std::size_t terms_max) {
  std::vector<Term> terms;
  if (before.empty()) return terms;
  const auto frequent_before = frequencies(before);
  const auto now_count = static_cast<double>(now.size()), before_count = static_cast<double>(before.size());
  for (const auto& [term, documents] : frequencies(now)) {
    if (documents < kDocumentsMin || !is_telling(term)) continue;
    const auto found = frequent_before.find(term);
    const std::int64_t earlier = found == frequent_before.end() ? 0 : found->second;
    const auto with = static_cast<double>(documents), with_before = static_cast<double>(earlier);
    const double prior = kPriorDocuments * (with + with_before + 0.5) / (now_count + before_count + 1);
    const double z = (log_odds(with, now_count, prior) - log_odds(with_before, before_count, prior)) /
                     std::sqrt(1 / (with + prior) + 1 / (with_before + prior));
    if (z >= kTermZMin) terms.push_back({.term = term, .documents = documents, .before = earlier, .z = z});
  }
  std::stable_sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return a.z > b.z; });
  if (terms.size() > 4 * terms_max) terms.resize(4 * terms_max);  // parts of a few long words
  std::vector<std::string> folded;
  for (const std::string& text : now) folded.push_back(text::lower(text::nfkc(text)));
  join_overlapping(terms, folded);
  if (terms.size() > terms_max) terms.resize(terms_max);
  return terms;
}

Result<Json> terms_of_window(store::Store& store, const std::string& monitor, const std::string& topic,
                             std::int64_t begin_ns, std::int64_t end_ns) {
  std::vector<std::string> now, before;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    const std::vector<store::Value> window = {monitor, topic, begin_ns, end_ns, kNowMost};
    YUPU_ASSIGN_OR_RETURN(now, texts_in(transaction, "AND m.sentiment = 'negative' ", window));
    const std::vector<store::Value> week = {monitor, topic, begin_ns - 7 * kDayNs, begin_ns, kBeforeMost};
    YUPU_ASSIGN_OR_RETURN(before, texts_in(transaction, "", week));
    return ok_status();
  }));
  Json terms = Json::array();
  for (const Term& term : telling_terms(now, before, kTermsShown))
    terms.push_back({{"term", term.term}, {"documents", term.documents}, {"before", term.before}, {"z", term.z}});
  return Json{{"documents", now.size()}, {"before", before.size()}, {"terms", std::move(terms)}};
}

}  // namespace yupu::monitor
