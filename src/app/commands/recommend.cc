// yupu recommend: items and behaviour in, methods compared on what users did next.
#include <memory>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/recommend_files.h"
#include "app/commands/recommend_releases.h"
#include "app/commands/recommend_rules.h"
#include "app/commands/recommend_sponsor.h"
#include "app/commands/task_commands.h"
#include "base/builtin.h"
#include "products/recommend/evaluate/evaluation.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "products/recommend/methods/text/item_vectors.h"
#include "products/recommend/serve/lists.h"

namespace yupu::app {
namespace {

OrderedJson json_of(const recommend::Imported& imported) {
  return {{"added", imported.added}, {"changed", imported.changed}, {"known", imported.known}};
}

Status import_files_named(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const RecommendFiles files = read_recommend_files(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (files.none()) return invalid_argument("--items FILE, --events FILE, both, or --mind DIR are needed", "--events");
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, false));
  YUPU_ASSIGN_OR_RETURN(const FilesImported imported,
                        import_files(files, *place.workplace.store, *place.workplace.clock, place.tenant_id));
  if (flags.json) {
    print_json(OrderedJson{{"items", json_of(imported.items)}, {"events", json_of(imported.events)}});
  } else {
    print_text(fmt::format("items   {} new, {} changed, {} known\nevents  {} new, {} known", imported.items.added,
                           imported.items.changed, imported.items.known, imported.events.added, imported.events.known));
  }
  return ok_status();
}

Status forget(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "user"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t removed,
                        recommend::forget_user(*place.workplace.store, place.tenant_id, words[0]));
  flags.json ? print_json(OrderedJson{{"user", words[0]}, {"events_removed", removed}})
             : print_text(fmt::format("{} events of '{}' removed", removed, words[0]));
  return ok_status();
}

recommend::EvaluationOptions read_evaluation_options(Arguments& arguments) {
  recommend::EvaluationOptions options;
  options.protocol = arguments.one_of("--protocol", "next", {"next", "list"}) == "next" ? recommend::Protocol::kNext
                                                                                        : recommend::Protocol::kList;
  options.only = arguments.many("--method");
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.resamples = static_cast<std::size_t>(
      arguments.integer("--resamples", static_cast<std::int64_t>(options.resamples), 0, 100'000));
  options.cold_user_events = static_cast<std::size_t>(
      arguments.integer("--cold-user-events", static_cast<std::int64_t>(options.cold_user_events), 1, 10'000));
  options.rules.relevance = arguments.number("--relevance", options.rules.relevance, 0, 1);
  options.rules.tag_share = arguments.number("--tag-share", options.rules.tag_share, 0.01, 1);
  return options;
}

// The models of the command line and the vectors they give.
struct Models {
  std::unique_ptr<tasks::Embedder> embedder;
  std::unique_ptr<tasks::Recommender> tower;
  std::unique_ptr<recommend::CrossEncoder> cross;
  recommend::OwnedItemVectors owned, tower_owned, frozen_owned;
  recommend::ItemVectors vectors, tower_vectors, frozen_vectors;

  recommend::Tools tools(const recommend::Collection& collection) const {
    recommend::Tools tools = recommend::tools_of(collection);
    if (embedder != nullptr) tools.vectors = &vectors;
    if (cross != nullptr) {
      tools.cross = cross.get();
      tools.cross_end_ns = cross->end_ns();
    }
    if (tower == nullptr) return tools;
    tools.tower = tower.get();
    tools.tower_vectors = &tower_vectors;
    if (!frozen_vectors.values.empty()) tools.frozen_vectors = &frozen_vectors;
    tools.tower_end_ns = tower->lineage().value("options", Json::object()).value("end_ns", std::int64_t{INT64_MAX});
    return tools;
  }
};

// The encoder that the tower's was fine-tuned from, where it had one: what fine-tuning is measured against.
Status open_frozen(const recommend::Collection& collection, engine::ExecutionContext& context, Models& models) {
  const Json options = models.tower->lineage().value("options", Json::object());
  const std::string base = options.value("base", std::string());
  if (base.empty()) return ok_status();
  const auto frozen = tasks::Embedder::from_base(base, {.max_length = models.tower->embedder().max_length()});
  if (!frozen.ok()) return frozen.status().with_context("the tower's base, to judge it frozen beside the tower");
  YUPU_ASSIGN_OR_RETURN(models.frozen_owned, recommend::embed_items(**frozen, context, collection.texts));
  models.frozen_vectors = models.frozen_owned.view();
  return ok_status();
}

Status open_models(const std::string& embedder_path, const std::string& tower_path,
                   const recommend::Collection& collection, engine::ExecutionContext& context, Models& models) {
  if (!embedder_path.empty()) {
    YUPU_ASSIGN_OR_RETURN(models.embedder, tasks::Embedder::load(embedder_path, model::Placement::kMapped));
    YUPU_ASSIGN_OR_RETURN(models.owned, recommend::embed_items(*models.embedder, context, collection.texts));
    models.vectors = models.owned.view();
  }
  if (tower_path.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(models.tower, tasks::Recommender::load(tower_path, model::Placement::kMapped));
  YUPU_ASSIGN_OR_RETURN(models.tower_owned, recommend::embed_items(*models.tower, context, collection.texts));
  models.tower_vectors = models.tower_owned.view();
  return open_frozen(collection, context, models);
}

Status evaluate(Arguments& arguments) {
  const TenantFlags where = read_tenant_flags(arguments);
  const RecommendFiles files = read_recommend_files(arguments);
  const BehaviourFlags behaviour = read_behaviour_flags(arguments);
  recommend::EvaluationOptions options = read_evaluation_options(arguments);
  const std::string embedder_path = directory_or_builtin(arguments.text("--embedder"));
  const std::string tower_path = arguments.text("--model");
  const std::string cross_path = arguments.text("--cross-encoder");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const BehaviourRule rule, check(behaviour));
  options.split = rule.split;
  options.relevant = rule.relevant;
  options.weights = rule.weights;
  std::vector<recommend::MarkedList> marked;
  YUPU_ASSIGN_OR_RETURN(const recommend::Collection collection, open_collection(files, where, &marked));
  const std::vector<recommend::NumberedList> lists = recommend::numbered(collection, marked);
  options.lists = lists;
  engine::ExecutionContext context = open_context(run);
  Models models;
  YUPU_RETURN_IF_ERROR(open_models(embedder_path, tower_path, collection, context, models));
  if (!cross_path.empty()) {
    YUPU_ASSIGN_OR_RETURN(models.cross, recommend::CrossEncoder::open(cross_path));
  }
  const auto progress = terminal_progress();
  YUPU_ASSIGN_OR_RETURN(const auto report, recommend::evaluate(collection, models.tools(collection), context, options,
                                                               [&](const std::string& line) { progress->note(line); }));
  where.json ? print_json(report.to_json()) : print_text(report.to_text());
  if (report.leaks()) return internal_error("a method looks into the future; see the leak check of the report");
  return ok_status();
}

Status hide(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const bool undo = arguments.flag("--undo");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "item"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  store::Store& store = *place.workplace.store;
  YUPU_ASSIGN_OR_RETURN(const bool changed,
                        undo ? recommend::show_item(store, place.tenant_id, words[0])
                             : recommend::hide_item(store, *place.workplace.clock, place.tenant_id, words[0]));
  flags.json ? print_json(OrderedJson{{"item", words[0]}, {"hidden", !undo}, {"changed", changed}})
             : print_text(fmt::format("'{}' is {}{}", words[0], changed ? "" : "already ", undo ? "shown" : "hidden"));
  return ok_status();
}

// What an item's score for a user rests on, as the service would say it now.
Status explain(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(2, 2, "user and item"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  recommend::Shop shop(*place.workplace.store, *place.workplace.clock, place.tenant_id);
  YUPU_RETURN_IF_ERROR(shop.look());
  const auto record = shop.ready();
  YUPU_ASSIGN_OR_RETURN(const auto explained,
                        recommend::explain(*record, words[0], words[1], place.workplace.clock->now_ns()));
  OrderedJson json = {{"user", words[0]}, {"item", words[1]}, {"score", explained.score}};
  json["history"] = OrderedJson::array();
  std::string text = fmt::format("'{}' for '{}': {:.4f}\n", words[1], words[0], explained.score);
  for (const recommend::Contribution& part : explained.history) {
    const std::string& id = record->collection->items[part.item];
    json["history"].push_back({{"item", id}, {"title", record->titles[part.item]}, {"drop", part.drop}});
    text += fmt::format("  {:+.4f} without '{}' {}\n", -part.drop, id, record->titles[part.item]);
  }
  flags.json ? print_json(json) : print_text(text);
  return ok_status();
}

}  // namespace

Status recommend_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb,
                        arguments.verb({"import", "train", "evaluate", "forget", "hide", "explain", "retrain",
                                        "releases", "promote", "rollback", "experiment", "sponsor", "rules"}));
  if (verb == "import") return import_files_named(arguments);
  if (verb == "train") return train_recommend(arguments);
  if (verb == "forget") return forget(arguments);
  if (verb == "hide") return hide(arguments);
  if (verb == "explain") return explain(arguments);
  if (verb == "retrain") return retrain_recommend(arguments);
  if (verb == "releases") return list_recommend_releases(arguments);
  if (verb == "promote") return promote_recommend(arguments);
  if (verb == "rollback") return roll_back_recommend(arguments);
  if (verb == "experiment") return show_experiment(arguments);
  if (verb == "sponsor") return sponsor_recommend(arguments);
  if (verb == "rules") return recommend_rules(arguments);
  return evaluate(arguments);
}

}  // namespace yupu::app
