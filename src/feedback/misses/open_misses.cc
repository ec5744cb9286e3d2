#include "feedback/misses/open_misses.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "feedback/opinions.h"
#include "text/unicode.h"

namespace yupu::feedback {
namespace {

using store::Transaction;

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
constexpr std::int64_t kPage = 1'000;  // rows in memory at a time: each has the whole answer in it

// What the serving side wrote down beside the answer.
struct Notes {
  std::string conversation;
  bool asks_nothing = false;  // a tap, a slot to be filled, a word to a person
};

Notes read_notes(const std::string& body, const std::string& decision) {
  const auto parsed = parse_json(body);
  if (!parsed.ok() || !parsed->is_object()) return {};
  const auto text = [&](const char* key) -> std::string {
    const auto found = parsed->find(key);
    return found != parsed->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  Notes notes{.conversation = text("conversation")};
  notes.asks_nothing = parsed->contains("tapped") || parsed->contains("stale_tap") || !text("slot").empty() ||
                       (decision == "handoff" && text("handoff") != "unsure");
  return notes;
}

// Who has a conversation, each looked up once.
class Visitors {
 public:
  Visitors(Transaction& transaction, const std::string& tenant_id) : transaction_(transaction), tenant_id_(tenant_id) {}
  Result<std::string> of(const std::string& conversation, const std::string& trace_id) {
    if (conversation.empty()) return "call " + trace_id;
    const auto known = names_.find(conversation);
    if (known != names_.end()) return known->second;
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction_.query("SELECT visitor FROM conversation WHERE id = ? AND tenant_id = ?",
                                             {conversation, tenant_id_}));
    const bool named = !rows.empty() && !rows[0].text(0).empty();
    return names_[conversation] = named ? "visitor " + rows[0].text(0) : "conversation " + conversation;
  }

 private:
  Transaction& transaction_;
  const std::string tenant_id_;
  std::map<std::string, std::string> names_;
};

// A place in the order newest first, then by id.
struct Position {
  std::int64_t created_ns = INT64_MAX;
  std::string trace_id = {};
};

Result<std::vector<store::Row>> next_page(Transaction& transaction, const MiningQuery& query, const Position& after,
                                          std::int64_t limit) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("t.created_ns >= ?", query.since_ns);
  where.add("(t.created_ns < ?", after.created_ns);
  where.sql += " OR (t.created_ns = ? AND t.trace_id > ?))";
  where.values.emplace_back(after.created_ns);
  where.values.emplace_back(after.trace_id);
  where.sql += fmt::format(
      " AND (t.decision <> 'answer' OR r.rating = -1) AND (c.correction IS NULL OR s.trace_id IS NOT NULL) AND {}",
      kAsksBot);
  where.values.emplace_back(limit);
  return transaction.query(
      fmt::format("SELECT t.trace_id, t.text, t.decision, t.label, t.score, t.body, t.created_ns, r.rating, s.trace_id "
                  "FROM trace t {}LEFT JOIN miss_settled s ON s.tenant_id = t.tenant_id AND s.trace_id = t.trace_id {} "
                  "ORDER BY t.created_ns DESC, t.trace_id LIMIT ?",
                  kOpinions, where.sql),
      std::span<const store::Value>(where.values));
}

// A miss of before and whether it is settled: settled ones count for what their visitor may ask in a day.
struct ReadMiss {
  OpenMiss miss;
  bool is_settled = false;
};

std::string cut(std::string_view text, std::size_t points_max) {
  std::u32string points = text::decode_utf8(text).code_points;
  if (points.size() > points_max) points.resize(points_max);
  return text::encode_utf8(points);
}

// The first of a visitor's day are kept, whatever comes after them; newest first.
OpenMisses capped(std::vector<ReadMiss> read, std::int64_t per_visitor_day) {
  OpenMisses open;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> of_a_day;
  for (auto it = read.rbegin(); it != read.rend(); ++it) {
    const bool too_many = ++of_a_day[{it->miss.visitor, it->miss.created_ns / kNsPerDay}] > per_visitor_day;
    if (it->is_settled) continue;
    if (too_many) {
      ++open.capped_count;
    } else {
      open.misses.push_back(std::move(it->miss));
    }
  }
  std::reverse(open.misses.begin(), open.misses.end());
  return open;
}

}  // namespace

Result<OpenMisses> open_misses(Transaction& transaction, const MiningQuery& query, const MiningOptions& options) {
  Visitors visitors(transaction, query.tenant_id);
  std::vector<ReadMiss> misses;
  Position position;
  bool all_read = false;
  for (std::int64_t row_count = 0;;) {
    // One row more than may be read says that there are more.
    const std::int64_t wanted = std::min(kPage, options.rows_max - row_count);
    YUPU_ASSIGN_OR_RETURN(const auto rows, next_page(transaction, query, position, std::max<std::int64_t>(wanted, 1)));
    all_read = rows.empty();
    if (all_read || wanted == 0) break;
    for (const store::Row& row : rows) {
      OpenMiss miss{.trace_id = row.text(0),
                    .text = cut(row.text(1), options.text_points_max),
                    .decision = row.text(2),
                    .label = row.text(3)};
      miss.score = row.real(4);
      miss.created_ns = row.integer(6);
      miss.voted_down = !row.is_null(7) && row.integer(7) < 0;
      position = {.created_ns = miss.created_ns, .trace_id = miss.trace_id};
      const Notes notes = read_notes(row.text(5), miss.decision);
      if (notes.asks_nothing && !miss.voted_down) continue;
      YUPU_ASSIGN_OR_RETURN(miss.visitor, visitors.of(notes.conversation, miss.trace_id));
      misses.push_back({.miss = std::move(miss), .is_settled = !row.is_null(8)});
    }
    row_count += static_cast<std::int64_t>(rows.size());
  }
  OpenMisses open = capped(std::move(misses), options.per_visitor_day);
  open.all_read = all_read;
  return open;
}

}  // namespace yupu::feedback
