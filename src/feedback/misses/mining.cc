#include "feedback/misses/mining.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/hash.h"
#include "feedback/misses/clusters.h"
#include "feedback/misses/open_misses.h"
#include "text/unicode.h"

namespace yupu::feedback {
namespace {

constexpr std::size_t kIdDigits = 16;

// Misses of one text, and what it is compared by.
struct Unit {
  std::string folded;
  std::vector<const OpenMiss*> misses = {};  // newest first
};

// Newest text first; at most `texts_max`.
std::vector<Unit> units_of(const std::vector<OpenMiss>& misses, const MiningOptions& options, std::int64_t& left_out) {
  std::vector<Unit> units;
  std::unordered_map<std::string, std::size_t> places;
  for (const OpenMiss& miss : misses) {
    std::string folded = text::collapse_whitespace(text::lower(text::nfkc(miss.text)));
    const auto known = places.find(folded);
    if (known != places.end()) {
      units[known->second].misses.push_back(&miss);
    } else if (units.size() < options.texts_max) {
      places.emplace(folded, units.size());
      units.push_back({.folded = std::move(folded), .misses = {&miss}});
    } else {
      ++left_out;
    }
  }
  return units;
}

Result<Likeness> likeness_of(const std::vector<Unit>& units, const SentenceVectors& vectors) {
  std::vector<std::string> texts;
  for (const Unit& unit : units) texts.push_back(unit.folded);
  if (!vectors) return ngram_likeness(texts);
  YUPU_ASSIGN_OR_RETURN(const auto rows, vectors(texts));
  if (rows.size() != texts.size())
    return internal_error(fmt::format("{} vectors were made of {} texts", rows.size(), texts.size()));
  return vector_likeness(rows);
}

using Groups = std::vector<std::vector<std::size_t>>;  // of units

// Groups that a person has put together become one.
Result<Groups> merged(store::Transaction& transaction, const std::string& tenant_id, const std::vector<Unit>& units,
                      Groups groups) {
  std::unordered_map<std::string, std::size_t> group_of;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (const std::size_t unit : groups[group]) {
      for (const OpenMiss* miss : units[unit].misses) group_of[miss->trace_id] = group;
    }
  }
  std::vector<std::size_t> roots(groups.size());
  std::iota(roots.begin(), roots.end(), std::size_t{0});
  const auto root = [&](std::size_t group) {
    while (roots[group] != group) group = roots[group];
    return group;
  };
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT trace_id, into_trace_id FROM miss_merge WHERE tenant_id = ? ORDER BY "
                                          "merged_ns, trace_id",
                                          {tenant_id}));
  for (const store::Row& row : rows) {
    const auto one = group_of.find(row.text(0));
    const auto other = group_of.find(row.text(1));
    if (one == group_of.end() || other == group_of.end()) continue;  // settled, or too old
    const std::size_t a = root(one->second), b = root(other->second);
    roots[std::max(a, b)] = std::min(a, b);
  }
  Groups joined(groups.size());
  for (std::size_t group = 0; group < groups.size(); ++group) {
    auto& into = joined[root(group)];
    into.insert(into.end(), groups[group].begin(), groups[group].end());
  }
  std::erase_if(joined, [](const auto& group) { return group.empty(); });
  return joined;
}

MissCluster cluster_of(const std::vector<Unit>& units, const std::vector<std::size_t>& group) {
  MissCluster cluster;
  std::set<std::string> visitors;
  std::map<std::string, double> scores;
  for (const std::size_t unit : group) {
    const std::vector<const OpenMiss*>& misses = units[unit].misses;
    MissedText text{.text = misses.front()->text, .decision = misses.front()->decision};
    for (const OpenMiss* miss : misses) {
      text.trace_ids.push_back(miss->trace_id);
      visitors.insert(miss->visitor);
      cluster.voted_down_count += miss->voted_down ? 1 : 0;
      if (!miss->label.empty()) scores[miss->label] += miss->score;
      cluster.first_ns = cluster.miss_count == 0 ? miss->created_ns : std::min(cluster.first_ns, miss->created_ns);
      cluster.last_ns = std::max(cluster.last_ns, miss->created_ns);
      ++cluster.miss_count;
    }
    cluster.texts.push_back(std::move(text));
  }
  cluster.visitor_count = static_cast<std::int64_t>(visitors.size());
  for (const auto& [label, score] : scores) {
    if (!cluster.nearest_intent.empty() && score <= cluster.nearest_score) continue;
    cluster.nearest_intent = label;
    cluster.nearest_score = score;
  }
  cluster.nearest_score /= static_cast<double>(cluster.miss_count);
  // Units are newest first, and stay so among equals.
  std::stable_sort(cluster.texts.begin(), cluster.texts.end(),
                   [](const MissedText& a, const MissedText& b) { return a.trace_ids.size() > b.trace_ids.size(); });
  std::vector<std::string> ids = cluster.trace_ids();
  std::sort(ids.begin(), ids.end());
  Sha256 hash;
  for (const std::string& id : ids) hash.field(id);
  cluster.id = "miss_" + hash.finish_hex().substr(0, kIdDigits);
  return cluster;
}

}  // namespace

std::vector<std::string> MissCluster::trace_ids() const {
  std::vector<std::string> ids;
  for (const MissedText& text : texts) ids.insert(ids.end(), text.trace_ids.begin(), text.trace_ids.end());
  return ids;
}

Json MissCluster::to_json() const {
  Json rows = Json::array();
  for (const MissedText& text : texts) {
    rows.push_back({{"text", text.text}, {"decision", text.decision}, {"traces", text.trace_ids}});
  }
  return {{"id", id},
          {"size", miss_count},
          {"visitors", visitor_count},
          {"voted_down", voted_down_count},
          {"nearest", {{"intent", nearest_intent}, {"score", nearest_score}}},
          {"first", format_utc(first_ns)},
          {"last", format_utc(last_ns)},
          {"texts", std::move(rows)}};
}

Json MinedMisses::to_json() const {
  Json rows = Json::array();
  for (const MissCluster& cluster : clusters) rows.push_back(cluster.to_json());
  return {{"misses", miss_count},
          {"capped", capped_count},
          {"unread", unread_count},
          {"all_read", all_read},
          {"by", by_vectors ? "vectors" : "ngrams"},
          {"clusters", std::move(rows)}};
}

Result<MinedMisses> mine_misses(store::Store& store, const MiningQuery& query, const SentenceVectors& vectors,
                                const MiningOptions& options) {
  OpenMisses open;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(open, open_misses(transaction, query, options));
    return ok_status();
  }));
  MinedMisses mined;
  mined.capped_count = open.capped_count;
  mined.all_read = open.all_read;
  mined.by_vectors = static_cast<bool>(vectors);
  const std::vector<Unit> units = units_of(open.misses, options, mined.unread_count);
  if (units.empty()) return mined;
  YUPU_ASSIGN_OR_RETURN(Likeness likeness, likeness_of(units, vectors));
  Groups groups =
      average_linkage(std::move(likeness), mined.by_vectors ? options.vector_cosine_least : options.ngram_cosine_least);
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(groups, merged(transaction, query.tenant_id, units, std::move(groups)));
    return ok_status();
  }));
  for (const auto& group : groups) {
    mined.clusters.push_back(cluster_of(units, group));
    mined.miss_count += mined.clusters.back().miss_count;
  }
  std::sort(mined.clusters.begin(), mined.clusters.end(), [](const MissCluster& a, const MissCluster& b) {
    if (a.visitor_count != b.visitor_count) return a.visitor_count > b.visitor_count;
    if (a.miss_count != b.miss_count) return a.miss_count > b.miss_count;
    return a.last_ns != b.last_ns ? a.last_ns > b.last_ns : a.id < b.id;
  });
  return mined;
}

Result<MissCluster> find_cluster(const MinedMisses& mined, std::string_view id) {
  const auto found = std::find_if(mined.clusters.begin(), mined.clusters.end(),
                                  [&](const MissCluster& cluster) { return cluster.id == id; });
  if (found != mined.clusters.end()) return *found;
  return not_found(fmt::format("there is no cluster '{}' now; with every new miss it has another id: list them again",
                               id.substr(0, 64)));
}

}  // namespace yupu::feedback
