#include "app/commands/recommend_files.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/utc.h"
#include "data/objects.h"
#include "store/store.h"

namespace yupu::app {
namespace {

// Every row of the file as `read` makes it of its object.
template <class Record, class Read>
Result<std::vector<Record>> read_records(const std::string& path, const Read& read) {
  std::vector<Record> records;
  if (path.empty()) return records;
  YUPU_RETURN_IF_ERROR(data::read_objects(path, [&](std::int64_t line, const Json& object) -> Status {
    YUPU_ASSIGN_OR_RETURN(Record record, read(object));
    record.line = line;
    records.push_back(std::move(record));
    return ok_status();
  }));
  return records;
}

// --weight KIND=X, given once or more.
Result<tasks::KindWeights> weights_of(const std::vector<std::string>& given) {
  tasks::KindWeights weights;
  for (const std::string& word : given) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const auto kind = tasks::find_behaviour(word.substr(0, equals));
    const std::string number = equals < word.size() ? word.substr(equals + 1) : std::string();
    double value = -1.0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (!kind || error != std::errc() || end != number.data() + number.size() || !(value >= 0.0 && value <= 1e6)) {
      return invalid_argument(fmt::format("--weight {}: KIND=X was expected, KIND of {}, X from 0 to 1000000", word,
                                          tasks::behaviour_names()),
                              "--weight");
    }
    weights.values[static_cast<std::size_t>(*kind)] = value;
  }
  return weights;
}

}  // namespace

BehaviourFlags read_behaviour_flags(Arguments& arguments) {
  BehaviourFlags flags;
  flags.split_time = arguments.text("--split-time");
  flags.test_share = arguments.number("--test-share", flags.test_share, 0.0, 0.9);
  flags.valid_share = arguments.number("--valid-share", flags.valid_share, 0.001, 0.9);
  flags.relevant = arguments.text("--relevant", std::string(tasks::kind_name(BehaviourRule().relevant)));
  flags.weights = arguments.many("--weight");
  return flags;
}

Result<BehaviourRule> check(const BehaviourFlags& flags) {
  BehaviourRule rule;
  rule.split.test_share = flags.test_share;
  rule.split.valid_share = flags.valid_share;
  if (!flags.split_time.empty()) {
    rule.split.test_ns = parse_utc(flags.split_time);
    if (!rule.split.test_ns) {
      return invalid_argument(
          fmt::format("--split-time {}: a time like 2026-11-27T08:30:00Z was expected", flags.split_time),
          "--split-time");
    }
  }
  const auto relevant = tasks::find_behaviour(flags.relevant);
  if (!relevant) {
    return invalid_argument(fmt::format("--relevant {}: none of {}", flags.relevant, tasks::behaviour_names()),
                            "--relevant");
  }
  rule.relevant = *relevant;
  YUPU_ASSIGN_OR_RETURN(rule.weights, weights_of(flags.weights));
  return rule;
}

RecommendFiles read_recommend_files(Arguments& arguments) {
  return {.items = arguments.text("--items"), .events = arguments.text("--events"), .mind = arguments.many("--mind")};
}

namespace {

void add(recommend::Imported& to, const recommend::Imported& more) {
  to.added += more.added;
  to.changed += more.changed;
  to.known += more.known;
}

// `lists`: null, or where the folders' lists go.
Result<FilesImported> import_all(const RecommendFiles& files, store::Store& store, const Clock& clock,
                                 const std::string& tenant_id, std::vector<recommend::MarkedList>* lists) {
  YUPU_ASSIGN_OR_RETURN(const auto items, read_records<recommend::Item>(files.items, recommend::item_of));
  YUPU_ASSIGN_OR_RETURN(const auto events,
                        read_records<recommend::Event>(files.events, [now_ns = clock.now_ns()](const Json& object) {
                          return recommend::event_of(object, now_ns);
                        }));
  const auto items_in = recommend::import_items(store, clock, tenant_id, items);
  if (!items_in.ok()) return items_in.status().with_context(files.items);
  const auto events_in = recommend::import_events(store, clock, tenant_id, events);
  if (!events_in.ok()) return events_in.status().with_context(files.events);
  FilesImported all{.items = *items_in, .events = *events_in};
  if (files.mind.empty()) return all;
  YUPU_ASSIGN_OR_RETURN(recommend::Mind mind, recommend::read_mind(files.mind));
  YUPU_ASSIGN_OR_RETURN(const auto news_in, recommend::import_items(store, clock, tenant_id, mind.items));
  YUPU_ASSIGN_OR_RETURN(const auto clicks_in, recommend::import_events(store, clock, tenant_id, mind.events));
  add(all.items, news_in);
  add(all.events, clicks_in);
  if (lists != nullptr) *lists = std::move(mind.lists);
  return all;
}

}  // namespace

Result<FilesImported> import_files(const RecommendFiles& files, store::Store& store, const Clock& clock,
                                   const std::string& tenant_id) {
  return import_all(files, store, clock, tenant_id, nullptr);
}

Result<recommend::Collection> open_collection(const RecommendFiles& files, const TenantFlags& flags,
                                              std::vector<recommend::MarkedList>* lists) {
  if (files.none()) {
    YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(flags, true));
    YUPU_ASSIGN_OR_RETURN(const auto stored, recommend::load(*place.workplace.store, place.tenant_id));
    return recommend::collect(stored);
  }
  const std::string nobody = "files";
  const SystemClock clock;
  YUPU_ASSIGN_OR_RETURN(const auto store, store::open_store("sqlite::memory:"));
  YUPU_RETURN_IF_ERROR(import_all(files, *store, clock, nobody, lists).status());
  YUPU_ASSIGN_OR_RETURN(const auto stored, recommend::load(*store, nobody));
  return recommend::collect(stored);
}

Status check_training_files(const RecommendFiles& files) {
  if (!files.mind.empty() || (!files.items.empty() && !files.events.empty())) return ok_status();
  return invalid_argument("training reads --items FILE and --events FILE, or --mind DIR",
                          files.items.empty() ? "--items" : "--events");
}

recommend::SplitRule training_split(const recommend::SplitRule& rule, const recommend::Collection& collection) {
  recommend::SplitRule split = rule;
  if (!split.test_ns && split.test_share == 0.0 && !collection.log.events().empty()) {
    split.test_ns = collection.log.events().back().time_ns + 1;
    split.needs_test = false;
  }
  return split;
}

Result<std::vector<tasks::ShownList>> read_shown(const std::string& path, const recommend::Collection& collection) {
  const SystemClock clock;
  YUPU_ASSIGN_OR_RETURN(const auto impressions,
                        read_records<recommend::Impression>(path, [now_ns = clock.now_ns()](const Json& object) {
                          return recommend::impression_of(object, now_ns);
                        }));
  return recommend::shown_lists(collection, impressions);
}

}  // namespace yupu::app
