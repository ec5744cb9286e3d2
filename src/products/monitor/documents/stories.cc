#include "products/monitor/documents/stories.h"

#include <set>
#include <vector>

#include "products/monitor/documents/likeness.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kLookedAtPerBand = 1000;
constexpr std::int64_t kCandidatesPerBand = 8;
constexpr std::size_t kCandidatesMax = 64;

// In the queries, `+received_ns` keeps an engine from reading everything received since then by the index on it.

// Of a band the newest that name one of the document's topics: two companies' reports of one form, a dividend, a
// rating, differ in little more than a name, and those of a hundred companies must not crowd out the own one's.
std::string candidates_sql(std::size_t topic_count) {
  std::string topics;
  for (std::size_t i = 0; i < topic_count; ++i) topics += i == 0 ? "?" : ", ?";
  return "SELECT n.document_id FROM (SELECT document_id FROM monitor_band WHERE monitor = ? AND band = ? AND "
         "+received_ns >= ? ORDER BY document_id DESC LIMIT ?) AS n WHERE EXISTS (SELECT 1 FROM monitor_mention m "
         "WHERE m.monitor = ? AND m.topic IN (" +
         topics + ") AND m.document_id = n.document_id) ORDER BY n.document_id DESC LIMIT ?";
}

Result<std::set<std::int64_t>> candidates_of(store::Transaction& transaction, const std::string& monitor,
                                             const ReadyDocument& document, std::int64_t since_ns) {
  std::set<std::int64_t> candidates;
  if (document.topics.empty()) return candidates;
  const std::string sql = candidates_sql(document.topics.size());
  for (const std::int64_t band : document.bands) {
    std::vector<store::Value> values = {monitor, band, since_ns, kLookedAtPerBand, monitor};
    values.insert(values.end(), document.topics.begin(), document.topics.end());
    values.emplace_back(kCandidatesPerBand);
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, values));
    for (const store::Row& row : rows) {
      if (candidates.size() < kCandidatesMax) candidates.insert(row.integer(0));
    }
  }
  return candidates;
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
