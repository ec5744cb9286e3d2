#include "products/monitor/documents/stories.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "products/monitor/documents/likeness.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kCandidatesPerBand = 8;
constexpr std::size_t kComparedMax = 16;

// Of the candidates those that share most bands with the document: a sentence that hundreds of reports have is in a
// band or two of each, and what is one story in most.
std::set<std::int64_t> most_alike(const std::map<std::int64_t, std::int64_t>& shared_bands) {
  std::vector<std::pair<std::int64_t, std::int64_t>> order;
  order.reserve(shared_bands.size());
  for (const auto& [id, count] : shared_bands) order.emplace_back(-count, id);
  std::sort(order.begin(), order.end());
  if (order.size() > kComparedMax) order.resize(kComparedMax);
  std::set<std::int64_t> alike;
  for (const auto& [count, id] : order) alike.insert(id);
  return alike;
}

// Of a band the newest that name one of the document's topics: two companies' reports of one form, a dividend, a
// rating, differ in little more than a name, and those of a hundred companies must not crowd out the own one's.
Result<std::set<std::int64_t>> candidates_of(store::Transaction& transaction, const std::string& monitor,
                                             const ReadyDocument& document, std::int64_t since_id) {
  std::map<std::int64_t, std::int64_t> shared_bands;
  for (const std::string& topic : document.topics) {
    for (const std::int64_t band : document.bands) {
      YUPU_ASSIGN_OR_RETURN(
          const auto rows, transaction.query("SELECT document_id FROM monitor_topic_band WHERE monitor = ? AND topic = "
                                             "? AND band = ? AND document_id >= ? ORDER BY document_id DESC LIMIT ?",
                                             {monitor, topic, band, since_id, kCandidatesPerBand}));
      for (const store::Row& row : rows) ++shared_bands[row.integer(0)];
    }
  }
  return most_alike(shared_bands);
}

// The id of the first document received then or later: ids ascend as documents are received.
Result<std::int64_t> first_since(store::Transaction& transaction, const std::string& monitor, std::int64_t since_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT id FROM monitor_document WHERE monitor = ? AND received_ns >= ? ORDER "
                                         "BY received_ns, id LIMIT 1",
                                         {monitor, since_ns}));
  return rows.empty() ? INT64_MAX : rows[0].integer(0);
}

}  // namespace

Result<std::optional<std::int64_t>> find_story(store::Transaction& transaction, const std::string& monitor,
                                               const ReadyDocument& document, std::int64_t since_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto same, transaction.query("SELECT story FROM monitor_document WHERE monitor = ? AND "
                                                           "content = ? AND +received_ns >= ? ORDER BY id LIMIT 1",
                                                           {monitor, document.content, since_ns}));
  if (!same.empty()) return std::optional<std::int64_t>(same[0].integer(0));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t since_id, first_since(transaction, monitor, since_ns));
  YUPU_ASSIGN_OR_RETURN(const auto candidates, candidates_of(transaction, monitor, document, since_id));
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
                  std::int64_t row_id) {
  for (const std::string& topic : document.topics) {
    for (const std::int64_t band : document.bands) {
      YUPU_RETURN_IF_ERROR(transaction
                               .execute("INSERT INTO monitor_topic_band (monitor, topic, band, document_id) VALUES (?, "
                                        "?, ?, ?) ON CONFLICT DO NOTHING",
                                        {monitor, topic, band, row_id})
                               .status());
    }
  }
  return ok_status();
}

Status forget_bands(store::Transaction& transaction, const std::string& monitor, std::int64_t before_ns) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t first, first_since(transaction, monitor, before_ns));
  return transaction.execute("DELETE FROM monitor_topic_band WHERE monitor = ? AND document_id < ?", {monitor, first})
      .status();
}

}  // namespace yupu::monitor
