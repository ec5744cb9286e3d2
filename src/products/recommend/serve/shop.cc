#include "products/recommend/serve/shop.h"

#include <algorithm>
#include <utility>

#include "engine/execution_context.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;
const Settings kServing = {{"slice", 0.1}, {"lambda", 300}, {"trees", 100},
                           {"depth", 4},   {"lr", 0.1},     {"questions_min", 100}};

std::vector<std::string> titles_of(const Collection& collection, const Stored& stored) {
  std::vector<std::string> titles(collection.items.size());
  for (const Item& item : stored.items) {
    const auto at = std::lower_bound(collection.items.begin(), collection.items.end(), item.id);
    titles[static_cast<std::size_t>(at - collection.items.begin())] = item.title;
  }
  return titles;
}

}  // namespace

Result<std::shared_ptr<const Fitted>> fit_shop(std::shared_ptr<const Collection> collection, std::int64_t now_ns) {
  auto fitted = std::make_shared<Fitted>();
  fitted->collection = std::move(collection);
  const Collection& learned = *fitted->collection;
  fitted->tools = {.texts = learned.texts, .created_ns = learned.created_ns, .tags = learned.tags};
  fitted->fitted_ns = now_ns;
  fitted->ranker = std::make_unique<Ranker>(kServing, fitted->tools);
  if (learned.items.empty()) return std::shared_ptr<const Fitted>(std::move(fitted));  // nothing is asked of it
  engine::ExecutionContext context(1);
  const FitData data{
      .log = learned.log, .weights = {}, .relevant = tasks::BehaviourKind::kClick, .seed = 1, .context = context};
  Status status = can_boost() ? fitted->ranker->fit(data) : Status(Code::kTooLarge, "no XGBoost");
  if (!status.ok() && status.code() == Code::kTooLarge) status = fitted->ranker->fit_sources(data);
  if (!status.ok()) return status;
  return std::shared_ptr<const Fitted>(std::move(fitted));
}

std::shared_ptr<const Record> Shop::ready() const {
  MutexLock lock(mutex_);
  return record_;
}

Status Shop::look() {
  const std::shared_ptr<const Record> before = ready();
  Revision revision;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(revision, revision_of(transaction, tenant_id_));
    return ok_status();
  }));
  if (before != nullptr && before->revision == revision) return ok_status();
  // Whatever is written between the two readings is read twice, never missed: the revision is the older one.
  YUPU_ASSIGN_OR_RETURN(const Stored stored, load(store_, tenant_id_));
  auto record = std::make_shared<Record>();
  record->revision = revision;
  record->collection = std::make_shared<const Collection>(collect(stored));
  record->titles = titles_of(*record->collection, stored);
  const std::int64_t now_ns = clock_.now_ns();
  const bool is_same_catalogue = before != nullptr && before->revision.items == revision.items &&
                                 before->collection->items == record->collection->items;
  if (is_same_catalogue && now_ns - before->fitted->fitted_ns < rules_.learn_minutes * kMinuteNs) {
    record->fitted = before->fitted;
  } else {
    YUPU_ASSIGN_OR_RETURN(record->fitted, fit_shop(record->collection, now_ns));
  }
  MutexLock lock(mutex_);
  record_ = std::move(record);
  return ok_status();
}

}  // namespace yupu::recommend
