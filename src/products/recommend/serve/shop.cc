#include "products/recommend/serve/shop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "handoff/live_release.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;

}  // namespace

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

Result<std::shared_ptr<const Fitted>> Shop::fitted(std::int64_t now_ns, const Release& release) {
  const Collection& collection = *all_.collection();
  const std::int64_t items_revision = all_.revision().items;
  std::shared_ptr<const Fitted> before, same_tower, same_cross, other_items;
  for (const Kept& kept : kept_) {
    if (kept.fitted->cross != nullptr && kept.fitted->release.cross == release.cross &&
        (release.cross_sha256.empty() || kept.fitted->cross->weights_sha256() == release.cross_sha256))
      same_cross = kept.fitted;
    if (kept.fitted->tower != nullptr && kept.fitted->release.tower_sha256 == release.tower_sha256)
      same_tower = kept.fitted;
    if (kept.fitted->release.id != release.id) continue;
    const bool same_items = kept.items_revision == items_revision && kept.fitted->catalogue->items == collection.items;
    (same_items ? before : other_items) = kept.fitted;
  }
  const bool learns = release.id.empty();  // a release has learned what it has learned
  const auto is_due = [&](const Fitted& one) {
    return learns && now_ns - one.fitted_ns >= rules_.learn_minutes * kMinuteNs;
  };
  if (before != nullptr && !is_due(*before)) {
    keep(before, items_revision);
    return before;
  }
  if (other_items != nullptr && is_due(*other_items)) other_items = nullptr;
  std::vector<KeptList> lists;
  const auto read_lists = [&]() -> Result<std::span<const KeptList>> {
    const std::int64_t until_ns = std::min(now_ns, release.received_until_ns);
    YUPU_ASSIGN_OR_RETURN(lists, kept_lists(store_, tenant_id_, until_ns));
    return std::span<const KeptList>(lists);
  };
  const auto log = all_.arrived_by(release.received_until_ns);
  YUPU_ASSIGN_OR_RETURN(auto made, fit_release(collection, *log, release, now_ns,
                                               {.lists = read_lists,
                                                .vectors_of = same_tower.get(),
                                                .order_of = other_items.get(),
                                                .cross_of = same_cross.get(),
                                                .clock = &clock_}));
  keep(made, items_revision);
  log::info("recommend_learned",
            {{"tenant", tenant_id_}, {"release", release.id}, {"order_from", made->ranker->lessons().text()}});
  return made;
}

Status Shop::start_experiment(std::int64_t now_ns, Record& record) {
  record.experiment = rules_.experiment;
  if (record.experiment.name.empty()) return ok_status();
  auto release = release_of(store_, tenant_id_, record.experiment.challenger);
  if (release.ok() && !release->passed) {
    release = Status(Code::kConflict, "the guard refused it: " + release->verdict.value("why", std::string()));
  }
  Status why = release.status();
  if (release.ok()) {
    auto made = fitted(now_ns, *release);
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
  YUPU_RETURN_IF_ERROR(all_.look());
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store_, live_name(tenant_id_)));
  const std::string live_id = live ? live->release_id : std::string();
  if (before != nullptr && before->revision == all_.revision() && before->live == live_id) return ok_status();
  const std::int64_t now_ns = clock_.now_ns();
  auto record = std::make_shared<Record>();
  record->revision = all_.revision();
  record->live = live_id;
  record->collection = all_.collection();
  record->titles = all_.titles();
  YUPU_ASSIGN_OR_RETURN(const Release release, champion(live_id));
  YUPU_ASSIGN_OR_RETURN(record->fitted, fitted(now_ns, release));
  YUPU_RETURN_IF_ERROR(start_experiment(now_ns, *record));
  if (!record->collection->items.empty()) {
    // Counted here, so that it is not the first list that waits for it.
    for (const Arm arm : {Arm::kChampion, Arm::kChallenger})
      static_cast<void>(
          record->of(arm).ranker->counts({.log = record->collection->log, .time_ns = now_ns, .history = {}}));
  }
  MutexLock lock(mutex_);
  record_ = std::move(record);
  return ok_status();
}

}  // namespace yupu::recommend
