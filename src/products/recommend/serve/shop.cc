#include "products/recommend/serve/shop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "handoff/live_release.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;

std::vector<std::string> titles_of(const Collection& collection, const Stored& stored) {
  std::vector<std::string> titles(collection.items.size());
  for (const Item& item : stored.items) {
    const auto at = std::lower_bound(collection.items.begin(), collection.items.end(), item.id);
    titles[static_cast<std::size_t>(at - collection.items.begin())] = item.title;
  }
  return titles;
}

}  // namespace

// What a look has read.
struct Shop::Sight {
  Stored stored;
  std::shared_ptr<const Collection> collection;
  std::int64_t items_revision = 0, now_ns = 0;
};

std::shared_ptr<const Record> Shop::ready() const {
  MutexLock lock(mutex_);
  return record_;
}

Result<Release> Shop::champion(const std::string& live) const {
  const std::string& named = rules_.experiment.champion.empty() ? live : rules_.experiment.champion;
  if (!named.empty()) {
    auto release = release_of(store_, tenant_id_, named);
    // An experiment is of one tenant: the others' lists are made by what is live; nobody's by what the guard refused.
    if (named == live || (release.ok() && release->passed)) return release;
    if (!release.ok() && release.status().code() != Code::kNotFound &&
        release.status().code() != Code::kInvalidArgument)
      return release;
    if (!live.empty()) return release_of(store_, tenant_id_, live);
  }
  Release release;  // everything, learned anew every learn_minutes
  release.cross = rules_.cross.model;
  if (!release.cross.empty()) release.settings["cross_top"] = static_cast<double>(rules_.cross.top);
  return release;
}

void Shop::keep(const std::shared_ptr<const Fitted>& fitted, std::int64_t items_revision) {
  std::erase_if(kept_, [&](const Kept& one) { return one.fitted->release.id == fitted->release.id; });
  kept_.insert(kept_.begin(), {.items_revision = items_revision, .fitted = fitted});
  if (kept_.size() > kFittedKept) kept_.resize(kFittedKept);
}

Result<std::shared_ptr<const Fitted>> Shop::fitted(const Sight& sight, const Release& release) {
  std::shared_ptr<const Fitted> before, same_tower, same_cross, other_items;
  for (const Kept& kept : kept_) {
    if (kept.fitted->cross != nullptr && kept.fitted->release.cross == release.cross &&
        (release.cross_sha256.empty() || kept.fitted->cross->weights_sha256() == release.cross_sha256))
      same_cross = kept.fitted;
    if (kept.fitted->tower != nullptr && kept.fitted->release.tower_sha256 == release.tower_sha256)
      same_tower = kept.fitted;
    if (kept.fitted->release.id != release.id) continue;
    const bool same_items =
        kept.items_revision == sight.items_revision && kept.fitted->collection->items == sight.collection->items;
    (same_items ? before : other_items) = kept.fitted;
  }
  const bool learns = release.id.empty();  // a release has learned what it has learned
  const auto is_due = [&](const Fitted& one) {
    return learns && sight.now_ns - one.fitted_ns >= rules_.learn_minutes * kMinuteNs;
  };
  if (before != nullptr && !is_due(*before)) {
    keep(before, sight.items_revision);
    return before;
  }
  if (other_items != nullptr && is_due(*other_items)) other_items = nullptr;
  std::vector<KeptList> lists;
  const auto read_lists = [&]() -> Result<std::span<const KeptList>> {
    const std::int64_t until_ns = std::min(sight.now_ns, release.received_until_ns);
    YUPU_ASSIGN_OR_RETURN(lists, kept_lists(store_, tenant_id_, until_ns));
    return std::span<const KeptList>(lists);
  };
  const tasks::BehaviourLog log = arrived_by(sight.stored, *sight.collection, release.received_until_ns);
  YUPU_ASSIGN_OR_RETURN(auto made, fit_release(sight.collection, log, release, sight.now_ns,
                                               {.lists = read_lists,
                                                .vectors_of = same_tower.get(),
                                                .order_of = other_items.get(),
                                                .cross_of = same_cross.get(),
                                                .clock = &clock_}));
  keep(made, sight.items_revision);
  log::info("recommend_learned",
            {{"tenant", tenant_id_}, {"release", release.id}, {"order_from", made->ranker->lessons().text()}});
  return made;
}

Status Shop::start_experiment(const Sight& sight, Record& record) {
  record.experiment = rules_.experiment;
  if (record.experiment.name.empty()) return ok_status();
  auto release = release_of(store_, tenant_id_, record.experiment.challenger);
  if (release.ok() && !release->passed) {
    release = Status(Code::kConflict, "the guard refused it: " + release->verdict.value("why", std::string()));
  }
  Status why = release.status();
  if (release.ok()) {
    auto made = fitted(sight, *release);
    if (made.ok()) {
      record.challenger = *made;
      return ok_status();
    }
    why = made.status();
  }
  if (why.code() == Code::kUnavailable) return why;  // the store is away: looked at again
  log::warn("recommend_experiment_not_run", {{"experiment", record.experiment.name},
                                             {"tenant", tenant_id_},
                                             {"release", record.experiment.challenger},
                                             {"why", why.message()}});
  return ok_status();
}

Status Shop::look() {
  const std::shared_ptr<const Record> before = ready();
  Revision revision;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(revision, revision_of(transaction, tenant_id_));
    return ok_status();
  }));
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store_, live_name(tenant_id_)));
  const std::string live_id = live ? live->release_id : std::string();
  if (before != nullptr && before->revision == revision && before->live == live_id) return ok_status();
  // Whatever is written between the two readings is read twice, never missed: the revision is the older one.
  Sight sight{.stored = {}, .collection = {}, .items_revision = revision.items, .now_ns = clock_.now_ns()};
  YUPU_ASSIGN_OR_RETURN(sight.stored, load(store_, tenant_id_));
  sight.collection = std::make_shared<const Collection>(collect(sight.stored));
  auto record = std::make_shared<Record>();
  record->revision = revision;
  record->live = live_id;
  record->collection = sight.collection;
  record->titles = titles_of(*record->collection, sight.stored);
  YUPU_ASSIGN_OR_RETURN(const Release release, champion(live_id));
  YUPU_ASSIGN_OR_RETURN(record->fitted, fitted(sight, release));
  YUPU_RETURN_IF_ERROR(start_experiment(sight, *record));
  MutexLock lock(mutex_);
  record_ = std::move(record);
  return ok_status();
}

}  // namespace yupu::recommend
