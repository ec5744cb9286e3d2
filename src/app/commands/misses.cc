// yupu misses: questions that were not answered, by what they are about, and what becomes of them.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/miss_vectors.h"
#include "app/tenant_place.h"
#include "app/workplace.h"
#include "feedback/misses/mining.h"
#include "feedback/misses/settle.h"
#include "strategy/strategy.h"

namespace yupu::app {
namespace {

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
constexpr std::size_t kTextsShown = 3;

// Which misses, and how they are compared: the same flags for every verb, so that each sees the same clusters.
struct MissFlags {
  WorkplaceOptions where;
  bool json = false;
  std::string strategy;  // a file: its model, and its embedder; or
  std::string model;     // a name
  std::string tenant;
  std::int64_t days = 30;
};

Result<MissFlags> read_flags(Arguments& arguments) {
  MissFlags flags;
  flags.where = read_workplace(arguments);
  flags.json = arguments.flag("--json");
  flags.strategy = arguments.text("--strategy");
  flags.model = arguments.text("--model");
  flags.tenant = arguments.text("--tenant");
  flags.days = arguments.integer("--days", flags.days, 1, 36'500);
  if (flags.strategy.empty() == flags.model.empty())
    return invalid_argument("say whose misses: one of --strategy STRATEGY.toml and --model NAME", "--model");
  return flags;
}

struct MissPlace {
  Workplace workplace;
  feedback::MiningQuery query;
  feedback::SentenceVectors vectors;

  Result<feedback::MinedMisses> mine() const { return feedback::mine_misses(*workplace.store, query, vectors); }
  Result<feedback::MissCluster> cluster(const std::string& id) const {
    YUPU_ASSIGN_OR_RETURN(const auto mined, mine());
    return feedback::find_cluster(mined, id);
  }
  feedback::MissChoice choice(const feedback::MissCluster& cluster) const {
    return {.tenant_id = query.tenant_id, .model = query.model, .trace_ids = cluster.trace_ids()};
  }
};

Result<MissPlace> open_place(const MissFlags& flags) {
  YUPU_ASSIGN_OR_RETURN(auto workplace, open_workplace(flags.where, true));
  feedback::MiningQuery query{.tenant_id = {}, .model = flags.model};
  feedback::SentenceVectors vectors;
  if (!flags.strategy.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto strategy, strategy::load_strategy(flags.strategy));
    query.model = strategy.name;
    vectors = miss_vectors(strategy);
  }
  YUPU_ASSIGN_OR_RETURN(const auto tenant, named_or_only_tenant(*workplace.store, flags.tenant));
  query.tenant_id = tenant.id;
  query.since_ns = workplace.clock->now_ns() - flags.days * kNsPerDay;
  return MissPlace{std::move(workplace), std::move(query), std::move(vectors)};
}

std::string to_text(const feedback::MinedMisses& mined) {
  std::string text = fmt::format("{} misses in {} clusters", mined.miss_count, mined.clusters.size());
  if (mined.capped_count > 0)
    text += fmt::format("; {} more of visitors who asked too often in a day are left out", mined.capped_count);
  if (mined.unread_count > 0 || !mined.all_read) text += "; there are more: the newest are shown";
  for (const feedback::MissCluster& cluster : mined.clusters) {
    text += fmt::format("\n{}  {} misses of {} visitors", cluster.id, cluster.miss_count, cluster.visitor_count);
    if (cluster.voted_down_count > 0) text += fmt::format(", {} voted down", cluster.voted_down_count);
    if (!cluster.nearest_intent.empty())
      text += fmt::format(", nearest {} ({:.2f})", cluster.nearest_intent, cluster.nearest_score);
    for (std::size_t i = 0; i < cluster.texts.size() && i < kTextsShown; ++i) {
      const feedback::MissedText& missed = cluster.texts[i];
      text += fmt::format("\n    {}{}", missed.text,
                          missed.trace_ids.size() > 1 ? fmt::format("  x{}", missed.trace_ids.size()) : "");
    }
  }
  return text;
}

Status list(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const MissFlags flags, read_flags(arguments));
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const MissPlace place, open_place(flags));
  YUPU_ASSIGN_OR_RETURN(const auto mined, place.mine());
  flags.json ? print_json(mined.to_json()) : print_text(to_text(mined));
  return ok_status();
}

Status print_settled(const MissFlags& flags, std::int64_t settled, std::string_view what) {
  flags.json ? print_json(Json{{"settled", settled}}) : print_text(fmt::format("{} misses {}", settled, what));
  return ok_status();
}

Status accept(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const MissFlags flags, read_flags(arguments));
  feedback::AcceptedIntent intent;
  intent.label = arguments.required_text("--intent");
  intent.is_new = arguments.flag("--new");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "cluster"));
  YUPU_ASSIGN_OR_RETURN(const MissPlace place, open_place(flags));
  YUPU_ASSIGN_OR_RETURN(const auto cluster, place.cluster(words[0]));
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t settled,
      feedback::accept_misses(*place.workplace.store, *place.workplace.clock, place.choice(cluster), intent));
  return print_settled(flags, settled, fmt::format("are rows of '{}' in the next dataset", intent.label));
}

Status merge(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const MissFlags flags, read_flags(arguments));
  const std::string into = arguments.required_text("--into");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "cluster"));
  YUPU_ASSIGN_OR_RETURN(const MissPlace place, open_place(flags));
  YUPU_ASSIGN_OR_RETURN(const auto mined, place.mine());
  YUPU_ASSIGN_OR_RETURN(const auto cluster, feedback::find_cluster(mined, words[0]));
  YUPU_ASSIGN_OR_RETURN(const auto other, feedback::find_cluster(mined, into));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t settled,
                        feedback::merge_misses(*place.workplace.store, *place.workplace.clock, place.choice(cluster),
                                               other.trace_ids().front()));
  return print_settled(flags, settled, fmt::format("went to {}", into));
}

Status ignore(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const MissFlags flags, read_flags(arguments));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "cluster"));
  YUPU_ASSIGN_OR_RETURN(const MissPlace place, open_place(flags));
  YUPU_ASSIGN_OR_RETURN(const auto cluster, place.cluster(words[0]));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t settled,
                        feedback::ignore_misses(*place.workplace.store, *place.workplace.clock, place.choice(cluster)));
  return print_settled(flags, settled, "are not shown any more");
}

}  // namespace

Status misses_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"list", "accept", "merge", "ignore"}));
  if (verb == "accept") return accept(arguments);
  if (verb == "merge") return merge(arguments);
  if (verb == "ignore") return ignore(arguments);
  return list(arguments);
}

}  // namespace yupu::app
