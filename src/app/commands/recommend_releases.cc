// yupu recommend retrain, releases, promote, rollback, experiment.
#include "app/commands/recommend_releases.h"

#include <filesystem>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/recommend_files.h"
#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/releases.h"
#include "products/recommend/serve/retraining.h"

namespace yupu::app {
namespace {

constexpr double kUnset = -1.0;
constexpr std::int64_t kDaysMost = 3650;

// The settings of sources and ranker that the command line changes.
recommend::Settings read_settings(Arguments& arguments) {
  recommend::Settings changes;
  const auto read = [&](const char* name, double least, double most) {
    const double value = arguments.number(std::string("--") + name, kUnset, least, most);
    if (value != kUnset) changes[name] = value;
  };
  read("slice", 0.01, 0.5);
  read("lambda", 0.1, 1e6);
  read("trees", 1, 1000);
  read("depth", 1, 10);
  read("lr", 0.001, 1.0);
  return changes;
}

// As the server will find it, wherever that is started.
std::string absolute_directory(const std::string& directory) {
  if (directory.empty()) return directory;
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(directory, ignored);
  return path.empty() ? directory : path.lexically_normal().string();
}

std::string interval_text(const OrderedJson& interval, bool is_signed) {
  const auto figure = [&](const char* name) {
    const double value = 100.0 * interval.at(name).get<double>();
    return is_signed ? fmt::format("{:+.2f}", value) : fmt::format("{:.2f}", value);
  };
  return fmt::format("{} % [{}, {}]", figure("value"), figure("low"), figure("high"));
}

}  // namespace

Status retrain_recommend(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const BehaviourFlags behaviour = read_behaviour_flags(arguments);
  recommend::RetrainOptions options;
  options.changes = read_settings(arguments);
  const std::string tower = arguments.text("--model");
  const bool without_tower = arguments.flag("--no-model");
  const std::string cross = arguments.text("--cross-encoder");
  const bool without_cross = arguments.flag("--no-cross-encoder");
  options.hold = arguments.flag("--hold");
  options.rule.loss_max = arguments.number("--loss-max", options.rule.loss_max, 0.0, 1.0);
  options.rule.questions_max = static_cast<std::size_t>(
      arguments.integer("--questions", static_cast<std::int64_t>(options.rule.questions_max), 1, 1'000'000));
  options.rule.users_min = static_cast<std::size_t>(
      arguments.integer("--users-min", static_cast<std::int64_t>(options.rule.users_min), 1, 1'000'000));
  options.rule.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (without_tower && !tower.empty()) return invalid_argument("--model or --no-model, not both", "--model");
  if (without_tower || !tower.empty()) options.tower = absolute_directory(tower);
  if (without_cross && !cross.empty())
    return invalid_argument("--cross-encoder or --no-cross-encoder, not both", "--cross-encoder");
  if (without_cross || !cross.empty()) options.cross = absolute_directory(cross);
  YUPU_ASSIGN_OR_RETURN(const BehaviourRule rule, check(behaviour));
  options.rule.split = rule.split;
  options.rule.relevant = rule.relevant;
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const auto done,
                        recommend::retrain(*place.workplace.store, *place.workplace.clock, place.tenant_id, options));
  const std::string against = done.champion.empty() ? "recent popularity" : "release " + done.champion;
  const char* const became = done.is_live ? "is live" : done.verdict.passes ? "is kept, not live" : "is refused";
  if (flags.json) {
    OrderedJson json = {{"release", done.release.id}, {"champion", done.champion}, {"live", done.is_live}};
    json["verdict"] = done.verdict.to_json();
    print_json(json);
  } else {
    print_text(fmt::format("{} {}\n  against {}: {}\n  order learned from {}", done.release.id, became, against,
                           done.verdict.why, done.verdict.learned));
  }
  if (done.verdict.passes) return ok_status();
  return {Code::kConflict, fmt::format("the guard refused {}; {} goes on serving", done.release.id,
                                       done.champion.empty() ? "what served" : done.champion)};
}

Status list_recommend_releases(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson json, recommend::releases_json(*place.workplace.store, place.tenant_id));
  if (flags.json) {
    print_json(json);
    return ok_status();
  }
  std::string text;
  for (const OrderedJson& release : json.at("releases")) {
    const auto id = release.at("id").get<std::string>();
    text +=
        fmt::format("{} {} {} {}: {}\n", id == json.at("live") ? "*" : " ", id, release.at("made").get<std::string>(),
                    release.at("passed").get<bool>() ? "passed" : "refused", release.at("why").get<std::string>());
  }
  print_text(text.empty() ? "there is no release yet: all behaviour is learned from" : text);
  return ok_status();
}

Status promote_recommend(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const std::string reason = arguments.text("--reason", "by operator");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "release"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  store::Store& store = *place.workplace.store;
  YUPU_ASSIGN_OR_RETURN(const auto release, recommend::release_of(store, place.tenant_id, words[0]));
  YUPU_RETURN_IF_ERROR(recommend::promote(store, place.tenant_id, release, reason, place.workplace.clock->now_ns()));
  flags.json ? print_json(OrderedJson{{"live", release.id}}) : print_text(release.id + " is live");
  return ok_status();
}

Status roll_back_recommend(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const std::string reason = arguments.text("--reason", "rolled back by operator");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const auto change,
                        handoff::roll_back(*place.workplace.store, recommend::live_name(place.tenant_id), reason,
                                           place.workplace.clock->now_ns()));
  flags.json ? print_json(OrderedJson{{"live", change.release_id}}) : print_text(change.release_id + " is live again");
  return ok_status();
}

Status show_experiment(Arguments& arguments) {
  const TenantFlags flags = read_tenant_flags(arguments);
  const std::int64_t days = arguments.integer("--days", 30, 1, kDaysMost);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "name of the experiment"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson json,
                        recommend::experiment_json(*place.workplace.store, place.tenant_id, words[0], days,
                                                   place.workplace.clock->now_ns()));
  if (flags.json) {
    print_json(json);
    return ok_status();
  }
  std::string text;
  for (const OrderedJson& arm : json.at("arms")) {
    text += fmt::format(
        "{:<11} {} users, {} lists, clicked {}, positive {}\n", arm.at("arm").get<std::string>(),
        arm.at("clicked").at("users").get<std::int64_t>(), arm.at("clicked").at("lists").get<std::int64_t>(),
        interval_text(arm.at("clicked").at("share"), false), interval_text(arm.at("positive").at("share"), false));
  }
  const OrderedJson& apart = json.at("difference");
  text += fmt::format("{:<11} clicked {}, positive {}", "difference", interval_text(apart.at("clicked"), true),
                      interval_text(apart.at("positive"), true));
  print_text(text);
  return ok_status();
}

}  // namespace yupu::app
