#include "products/monitor/documents/stories.h"

#include <set>

#include "products/monitor/documents/likeness.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kCandidatesPerBand = 8;
constexpr std::size_t kCandidatesMax = 64;

// In the queries, `+received_ns` keeps an engine from reading everything received since then by the index on it.

Result<std::set<std::int64_t>> candidates_of(store::Transaction& transaction, const std::string& monitor,
                                             const ReadyDocument& document, std::int64_t since_ns) {
  std::set<std::int64_t> candidates;
  for (const std::int64_t band : document.bands) {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT document_id FROM monitor_band WHERE monitor = ? AND band = ? AND "
                                            "+received_ns >= ? ORDER BY document_id DESC LIMIT ?",
                                            {monitor, band, since_ns, kCandidatesPerBand}));
    for (const store::Row& row : rows) {
      if (candidates.size() < kCandidatesMax) candidates.insert(row.integer(0));
    }
  }
  return candidates;
}

// Two companies' reports of one form, a dividend, a rating, differ in little more than a name.
Result<bool> shares_topic(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                          std::int64_t row_id) {
  for (const std::string& topic : document.topics) {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT 1 FROM monitor_mention WHERE monitor = ? AND topic "
                                            "= ? AND document_id = ? LIMIT 1",
                                            {monitor, topic, row_id}));
    if (!rows.empty()) return true;
  }
  return false;
}

}  // namespace

Result<std::optional<std::int64_t>> find_story(store::Transaction& transaction, const std::string& monitor,
                                               const ReadyDocument& document, std::int64_t since_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto same, transaction.query("SELECT story FROM monitor_document WHERE monitor = ? AND "
                                                           "content = ? AND +received_ns >= ? ORDER BY id LIMIT 1",
                                                           {monitor, document.content, since_ns}));
  if (!same.empty()) return std::optional<std::int64_t>(same[0].integer(0));
  YUPU_ASSIGN_OR_RETURN(const auto candidates, candidates_of(transaction, monitor, document, since_ns));
  std::optional<std::int64_t> story;
  if (candidates.empty()) return story;
  const Shingles shingles = shingles_of(compared_text(document.document.title, document.document.text));
  double best = 0.0;
  for (const std::int64_t id : candidates) {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT story, title, text FROM monitor_document WHERE id = ?", {id}));
    if (rows.empty()) continue;
    const double alike = likeness(shingles, shingles_of(compared_text(rows[0].text(1), rows[0].text(2))));
    if (alike <= best) continue;
    YUPU_ASSIGN_OR_RETURN(const bool is_about_the_same, shares_topic(transaction, monitor, document, id));
    if (!is_about_the_same) continue;
    best = alike;
    story = rows[0].integer(0);
  }
  return story;
}

Status keep_bands(store::Transaction& transaction, const std::string& monitor, const ReadyDocument& document,
                  std::int64_t row_id, std::int64_t received_ns) {
  for (const std::int64_t band : document.bands) {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("INSERT INTO monitor_band (monitor, band, document_id, received_ns) VALUES (?, "
                                      "?, ?, ?) ON CONFLICT DO NOTHING",
                                      {monitor, band, row_id, received_ns})
                             .status());
  }
  return ok_status();
}

}  // namespace yupu::monitor
