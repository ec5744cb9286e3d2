#include "feedback/report/report.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "feedback/opinions.h"

namespace yupu::feedback {
namespace {

using store::Transaction;

constexpr std::int64_t kPage = 1'000;  // rows in memory at a time: each has the whole answer in it

Result<std::vector<store::Row>> next_page(Transaction& transaction, const CallQuery& query, std::int64_t after_ns,
                                          const std::string& after_id) {
  Where where = calls_where(query.model, query.tenant_id);
  where.add("t.created_ns >= ?", query.since_ns);
  where.add("t.created_ns < ?", query.until_ns);
  where.add("(t.created_ns > ?", after_ns);
  where.sql += fmt::format(" OR (t.created_ns = ? AND t.trace_id > ?)) AND {}", kAsksBot);
  where.values.emplace_back(after_ns);
  where.values.emplace_back(after_id);
  where.values.emplace_back(kPage);
  return transaction.query(
      fmt::format("SELECT t.trace_id, t.text, t.decision, t.label, t.score, t.body, t.created_ns, r.rating, "
                  "c.correction FROM trace t {}{} ORDER BY t.created_ns, t.trace_id LIMIT ?",
                  kOpinions, where.sql),
      std::span<const store::Value>(where.values));
}

LoggedCall call_of(const store::Row& row) {
  LoggedCall call{.trace_id = row.text(0),
                  .conversation = noted(row.text(5), "conversation"),
                  .text = row.text(1),
                  .decision = row.text(2),
                  .intent = row.text(3),
                  .score = row.real(4)};
  call.created_ns = row.integer(6);
  if (!row.is_null(7)) call.rating = static_cast<int>(row.integer(7));
  if (!row.is_null(8)) call.correction = row.text(8);
  return call;
}

OrderedJson share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? OrderedJson(static_cast<double>(part) / static_cast<double>(whole)) : OrderedJson();
}

std::string csv_cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string value_text(const OrderedJson& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return csv_cell(value.get<std::string>());
  return value.dump();
}

}  // namespace

bool LoggedCall::is_hit() const {
  return is_answer() && rating.value_or(0) >= 0 && (!correction || *correction == intent);
}

OrderedJson LoggedCall::to_json(bool with_text) const {
  OrderedJson json{{"trace_id", trace_id},
                   {"created", format_utc(created_ns)},
                   {"conversation", conversation},
                   {"decision", decision},
                   {"intent", intent},
                   {"score", score},
                   {"rating", rating ? OrderedJson(*rating) : OrderedJson()},
                   {"correction", correction ? OrderedJson(*correction) : OrderedJson()},
                   {"hit", is_hit()}};
  if (with_text) json["text"] = text;
  return json;
}

Status each_call(store::Store& store, const CallQuery& query,
                 const std::function<Status(const LoggedCall& call)>& take) {
  return store.read([&](Transaction& transaction) -> Status {
    std::int64_t after_ns = INT64_MIN;
    std::string after_id;
    while (true) {
      YUPU_ASSIGN_OR_RETURN(const auto rows, next_page(transaction, query, after_ns, after_id));
      if (rows.empty()) return ok_status();
      for (const store::Row& row : rows) YUPU_RETURN_IF_ERROR(take(call_of(row)));
      after_ns = rows.back().integer(6);
      after_id = rows.back().text(0);
    }
  });
}

void CallReport::add(const LoggedCall& call) {
  ++calls_;
  ++decisions_[call.decision];
  EntryCounts& entry = entries_[call.intent];
  ++entry.calls;
  ++(call.is_hit() ? entry.hits : entry.misses);
  if (call.rating) ++(*call.rating > 0 ? entry.up : entry.down);
  if (call.is_answer() && call.correction) {
    ++reviewed_;
    if (*call.correction != call.intent) {
      ++wrong_;
      ++entry.corrected_away;
    }
  }
  const std::string& conversation = call.conversation.empty() ? call.trace_id : call.conversation;
  conversations_.insert(conversation);
  if (call.decision == "handoff") handed_over_.insert(conversation);
}

OrderedJson CallReport::to_json() const {
  EntryCounts all;
  std::vector<std::pair<std::string, EntryCounts>> ranked(entries_.begin(), entries_.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second.calls > b.second.calls; });
  OrderedJson rows = OrderedJson::array();
  for (const auto& [intent, counts] : ranked) {
    all.hits += counts.hits;
    all.misses += counts.misses;
    all.up += counts.up;
    all.down += counts.down;
    rows.push_back({{"intent", intent},
                    {"calls", counts.calls},
                    {"hits", counts.hits},
                    {"misses", counts.misses},
                    {"up", counts.up},
                    {"down", counts.down},
                    {"corrected_away", counts.corrected_away}});
  }
  const auto conversations = static_cast<std::int64_t>(conversations_.size());
  const auto handed_over = static_cast<std::int64_t>(handed_over_.size());
  const auto refused = decisions_.find("refuse");
  return {{"calls", calls_},
          {"decisions", decisions_},
          {"conversations", conversations},
          {"handed_over", handed_over},
          {"resolved", conversations - handed_over},
          {"resolution", share(conversations - handed_over, conversations)},
          {"refusal", share(refused == decisions_.end() ? 0 : refused->second, calls_)},
          {"reviewed", reviewed_},
          {"wrong", wrong_},
          {"wrong_share", share(wrong_, reviewed_)},
          {"up", all.up},
          {"down", all.down},
          {"hits", all.hits},
          {"misses", all.misses},
          {"entries", std::move(rows)}};
}

std::string csv_line(const OrderedJson& row) {
  std::string line;
  bool first = true;
  for (const auto& [key, value] : row.items()) {
    if (!std::exchange(first, false)) line += ',';
    line += value_text(value);
  }
  return line + "\r\n";
}

std::string csv_head(const OrderedJson& row) {
  std::string line;
  for (const auto& [key, value] : row.items()) line += (line.empty() ? "" : ",") + csv_cell(key);
  return line + "\r\n";
}

}  // namespace yupu::feedback
