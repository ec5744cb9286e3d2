#include "products/monitor/documents/meaning.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "products/monitor/documents/likeness.h"

namespace yupu::monitor {
namespace {

constexpr float kByteMax = 127.0F;

// Candidates of one topic, by their row.
Status add_candidates(store::Transaction& transaction, const std::string& monitor, const std::string& topic,
                      const ReadyDocument& document, std::int64_t since_ns, std::map<std::int64_t, double>& found) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT g.document_id, g.direction FROM monitor_mention m JOIN monitor_meaning g ON g.monitor "
                        "= m.monitor AND g.document_id = m.document_id WHERE m.monitor = ? AND m.topic = ? AND "
                        "g.model = ? AND g.received_ns >= ? ORDER BY m.document_id DESC LIMIT ?",
                        {monitor, topic, document.meaning.model, since_ns, kMeaningsPerTopic}));
  for (const store::Row& row : rows) {
    YUPU_ASSIGN_OR_RETURN(std::string bytes, bytes_of_base64(row.text(1)));
    found[row.integer(0)] = cosine(document.meaning, {.model = document.meaning.model, .direction = std::move(bytes)});
  }
  return ok_status();
}

}  // namespace

Meaning meaning_of(std::string model, std::span<const float> vector) {
  Meaning meaning{.model = std::move(model), .direction = {}};
  float largest = 0.0F;
  for (const float value : vector) largest = std::max(largest, std::fabs(value));
  if (!(largest > 0.0F) || !std::isfinite(largest)) return meaning;
  for (const float value : vector) {
    const auto byte = static_cast<std::int8_t>(std::lround(value / largest * kByteMax));
    meaning.direction.push_back(static_cast<char>(byte));
  }
  return meaning;
}

double cosine(const Meaning& a, const Meaning& b) {
  if (a.model != b.model || a.direction.size() != b.direction.size() || a.direction.empty()) return 0.0;
  std::int64_t both = 0, of_a = 0, of_b = 0;
  for (std::size_t i = 0; i < a.direction.size(); ++i) {
    const std::int64_t x = static_cast<std::int8_t>(a.direction[i]);
    const std::int64_t y = static_cast<std::int8_t>(b.direction[i]);
    both += x * y;
    of_a += x * x;
    of_b += y * y;
  }
  if (of_a == 0 || of_b == 0) return 0.0;
  return static_cast<double>(both) / std::sqrt(static_cast<double>(of_a) * static_cast<double>(of_b));
}

Result<std::optional<std::int64_t>> find_story_by_meaning(store::Transaction& transaction, const std::string& monitor,
                                                          const ReadyDocument& document, std::int64_t since_ns,
                                                          double cosine_min) {
  std::optional<std::int64_t> story;
  if (document.meaning.direction.empty()) return story;
  std::map<std::int64_t, double> candidates;
  for (const std::string& topic : document.topics)
    YUPU_RETURN_IF_ERROR(add_candidates(transaction, monitor, topic, document, since_ns, candidates));
  std::vector<std::pair<double, std::int64_t>> near;  // the nearest first, of equals the one that came first
  for (const auto& [id, alike] : candidates) {
    if (alike >= cosine_min) near.emplace_back(-alike, id);
  }
  std::sort(near.begin(), near.end());
  const Shingles shingles = shingles_of(compared_text(document.document.title, document.document.text));
  for (const auto& candidate : near) {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT story, title, text FROM monitor_document WHERE id = ?", {candidate.second}));
    if (rows.empty()) continue;
    if (!numbers_agree(shingles, shingles_of(compared_text(rows[0].text(1), rows[0].text(2))))) continue;
    story = rows[0].integer(0);
    break;
  }
  return story;
}

Status keep_meaning(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                    std::int64_t row_id, std::int64_t received_ns) {
  YUPU_RETURN_IF_ERROR(
      transaction.execute("DELETE FROM monitor_meaning WHERE monitor = ? AND document_id = ?", {monitor, row_id})
          .status());
  if (document.meaning.direction.empty()) return ok_status();
  return transaction
      .execute(
          "INSERT INTO monitor_meaning (monitor, document_id, model, direction, received_ns) VALUES (?, ?, ?, ?, "
          "?)",
          {monitor, row_id, document.meaning.model, base64_of(document.meaning.direction), received_ns})
      .status();
}

Status forget_meanings(store::Transaction& transaction, const std::string& monitor, std::int64_t before_ns) {
  return transaction.execute("DELETE FROM monitor_meaning WHERE monitor = ? AND received_ns < ?", {monitor, before_ns})
      .status();
}

}  // namespace yupu::monitor
