#include "products/recommend/live_collection.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/text_hash.h"

namespace yupu::recommend {
namespace {

// Ids in the order they came, each once.
class Interned {
 public:
  std::uint32_t number(const std::string& id) {
    const auto [at, is_new] = numbers_.try_emplace(id, static_cast<std::uint32_t>(ids_.size()));
    if (is_new) ids_.push_back(id);
    return at->second;
  }
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> numbers_;
  std::vector<std::string> ids_;
};

// Where ids stand once others have come to them.
struct Places {
  std::vector<std::uint32_t> of_old, of_new;
  bool moved = false;  // an id is new
};

// Puts `more`, in any order and some of them known, among sorted names.
Places put_among(std::vector<std::string>& names, const std::vector<std::string>& more) {
  std::vector<std::uint32_t> order(more.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return more[a] < more[b]; });
  Places places{.of_old = std::vector<std::uint32_t>(names.size()), .of_new = std::vector<std::uint32_t>(more.size())};
  std::vector<std::string> all;
  all.reserve(names.size() + more.size());
  auto next = order.begin();
  for (std::size_t old = 0; old <= names.size(); ++old) {
    for (; next != order.end() && (old == names.size() || more[*next] < names[old]); ++next) {
      places.of_new[*next] = static_cast<std::uint32_t>(all.size());
      all.push_back(more[*next]);
      places.moved = true;
    }
    if (old == names.size()) break;
    places.of_old[old] = static_cast<std::uint32_t>(all.size());
    if (next != order.end() && more[*next] == names[old]) places.of_new[*next++] = places.of_old[old];
    all.push_back(std::move(names[old]));
  }
  names = std::move(all);
  return places;
}

}  // namespace

// What was written since a look; ids of events in the numbers of those interned here.
struct LiveCollection::News {
  Revision revision;
  bool is_all = false;  // it is everything there is
  std::vector<Item> items;
  Interned users, named_items;
  std::vector<Arrived> events;
};

Status LiveCollection::read(const Revision& known, News& news) const {
  return store_.read([&](store::Transaction& transaction) -> Status {
    news = {};
    YUPU_ASSIGN_OR_RETURN(news.revision, revision_of(transaction, tenant_id_));
    news.is_all = collection_ == nullptr || news.revision.removed != known.removed;
    const Revision since = news.is_all ? Revision{.items = -1, .events = -1} : known;
    if (news.revision.items != since.items) {
      YUPU_ASSIGN_OR_RETURN(news.items, items_since(transaction, tenant_id_, since.items));
    }
    if (news.revision.events == since.events) return ok_status();
    return events_since(transaction, tenant_id_, since.events, [&](const Event& event) {
      news.events.push_back({.event = {.user = news.users.number(event.user),
                                       .item = news.named_items.number(event.item),
                                       .time_ns = event.time_ns,
                                       .kind = event.kind},
                             .received_ns = event.received_ns});
    });
  });
}

void LiveCollection::take(News news, Collection& next) {
  if (news.is_all) {
    items_.clear();
    arrived_.clear();
  }
  const bool described = !news.items.empty();
  for (const Item& item : news.items) news.named_items.number(item.id);
  const Places users = put_among(next.users, news.users.ids());
  const Places named = put_among(next.items, news.named_items.ids());
  // Both orders are of ascending ids, so that events stay in order.
  if (users.moved || named.moved) {
    for (Arrived& one : arrived_) {
      one.event.user = users.of_old[one.event.user];
      one.event.item = named.of_old[one.event.item];
    }
  }
  for (Arrived& one : news.events) {
    one.event.user = users.of_new[one.event.user];
    one.event.item = named.of_new[one.event.item];
  }
  const auto before = [](const Arrived& a, const Arrived& b) { return tasks::comes_before(a.event, b.event); };
  std::sort(news.events.begin(), news.events.end(), before);
  const auto middle = arrived_.insert(arrived_.end(), news.events.begin(), news.events.end());
  std::inplace_merge(arrived_.begin(), middle, arrived_.end(), before);
  if (described) {
    std::vector<Item> all;
    all.reserve(items_.size() + news.items.size());
    // Of equal ids the first stands, which is the newer one.
    const auto by_id = [](const Item& a, const Item& b) { return a.id < b.id; };
    std::sort(news.items.begin(), news.items.end(), by_id);
    std::set_union(std::make_move_iterator(news.items.begin()), std::make_move_iterator(news.items.end()),
                   std::make_move_iterator(items_.begin()), std::make_move_iterator(items_.end()),
                   std::back_inserter(all), by_id);
    items_ = std::move(all);
  }
  if (described || named.moved || news.is_all) {
    describe(items_, next);
    titles_.assign(next.items.size(), {});
    for (const Item& item : items_) titles_[*place_among(next.items, item.id)] = item.title;
  }
  std::vector<tasks::Behaviour> events;
  events.reserve(arrived_.size());
  for (const Arrived& one : arrived_) events.push_back(one.event);
  next.log = tasks::BehaviourLog(std::move(events), next.users.size(), next.items.size());
  revision_ = news.revision;
}

Status LiveCollection::look() {
  News news;
  YUPU_RETURN_IF_ERROR(read(revision_, news));
  if (collection_ != nullptr && news.revision == revision_) return ok_status();
  auto next = std::make_shared<Collection>();
  if (!news.is_all) *next = catalogue_of(*collection_);
  if (!news.is_all) next->users = collection_->users;
  take(std::move(news), *next);
  collection_ = std::move(next);
  return ok_status();
}

std::shared_ptr<const tasks::BehaviourLog> LiveCollection::arrived_by(std::int64_t received_until_ns) const {
  const auto is_in = [&](const Arrived& one) { return one.received_ns <= received_until_ns; };
  if (std::all_of(arrived_.begin(), arrived_.end(), is_in)) return {collection_, &collection_->log};
  std::vector<tasks::Behaviour> events;
  for (const Arrived& one : arrived_) {
    if (is_in(one)) events.push_back(one.event);
  }
  return std::make_shared<const tasks::BehaviourLog>(std::move(events), collection_->users.size(),
                                                     collection_->items.size());
}

}  // namespace yupu::recommend
