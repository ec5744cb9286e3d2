#include "products/recommend/event_store.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/recommend/testing.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::item;
using testing::kBeginNs;
using testing::kDayNs;

class EventStore : public ::testing::Test {
 protected:
  EventStore() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = store::open_store(url_).value();
  }
  Imported add(const std::vector<Event>& events, const std::string& tenant = "shop") {
    const auto imported = import_events(*store_, clock_, tenant, events);
    EXPECT_TRUE(imported.ok()) << imported.status().to_string();
    return *imported;
  }
  Stored loaded(const std::string& tenant = "shop") { return load(*store_, tenant).value(); }

  yupu::testing::TempDir folder_;
  const std::string url_ = yupu::testing::url_in(folder_);
  FakeClock clock_{kBeginNs};
  std::unique_ptr<store::Store> store_;
};

TEST_F(EventStore, AnEventSentThreeTimesInAnyOrderIsOne) {
  std::vector<Event> events = {event("u1", "a", kBeginNs + 2), event("u1", "b", kBeginNs + 1),
                               event("u2", "a", kBeginNs + 3)};
  EXPECT_EQ(add(events).added, 3);
  std::reverse(events.begin(), events.end());
  const Imported again = add(events);
  EXPECT_EQ(again.added, 0);
  EXPECT_EQ(again.known, 3);
  events.push_back(events.front());                       // twice in one part
  events.push_back(event("u3", "a", kBeginNs - kDayNs));  // late: it happened before the others
  EXPECT_EQ(add(events).added, 1);
  reopen();
  const Stored stored = loaded();
  ASSERT_EQ(stored.events.size(), 4u);
  EXPECT_EQ(stored.events[0].user, "u3");
  EXPECT_EQ(stored.events[1].item, "b");
  EXPECT_EQ(stored.events[3].user, "u2");
}

TEST_F(EventStore, AnIdWithAnotherContentIsRefusedWithItsLine) {
  add({event("u1", "a", kBeginNs)});
  Event other = event("u1", "a", kBeginNs);
  other.kind = tasks::BehaviourKind::kBuy;
  other.line = 17;
  const auto refused = import_events(*store_, clock_, "shop", std::vector{event("u9", "z", kBeginNs), other});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), Code::kConflict);
  EXPECT_THAT(refused.status().message(), HasSubstr("line 17: field 'id'"));
  EXPECT_EQ(loaded().events.size(), 1u);  // nothing of that part is kept
}

TEST_F(EventStore, AnItemToldAgainReplacesTheOldOne) {
  Item first = item("a", "Tea");
  first.tags = {"green", "\"quoted\""};
  first.created_ns = kBeginNs;
  first.price = 39.5;
  first.author = "Lu Yu";
  const auto import_one = [this](const Item& one) {
    return import_items(*store_, clock_, "shop", std::span(&one, 1)).value();
  };
  EXPECT_EQ(import_one(first).added, 1);
  EXPECT_EQ(import_one(first).known, 1);
  Item second = first;
  second.title = "Better tea";
  second.created_ns.reset();
  EXPECT_EQ(import_one(second).changed, 1);
  second.price = 29.5;
  EXPECT_EQ(import_one(second).changed, 1) << "another price";
  second.author = "Lu Tong";
  EXPECT_EQ(import_one(second).changed, 1) << "another author";
  const Stored stored = loaded();
  ASSERT_EQ(stored.items.size(), 1u);
  EXPECT_EQ(stored.items[0].title, "Better tea");
  EXPECT_EQ(stored.items[0].tags, first.tags);
  EXPECT_FALSE(stored.items[0].created_ns.has_value());
  EXPECT_EQ(stored.items[0].price, 29.5);
  EXPECT_EQ(stored.items[0].author, "Lu Tong");
  second.price.reset();
  second.author.clear();
  EXPECT_EQ(import_one(second).changed, 1);
  EXPECT_EQ(import_one(second).known, 1);
  EXPECT_FALSE(loaded().items[0].price.has_value());
  EXPECT_EQ(loaded().items[0].author, "");
  EXPECT_FALSE(collect(loaded()).authors[0].has_value());
}

TEST_F(EventStore, TenantsDoNotSeeEachOtherAndAUserCanBeForgotten) {
  add({event("u1", "a", kBeginNs), event("u1", "b", kBeginNs + 1), event("u2", "a", kBeginNs)});
  add({event("u1", "a", kBeginNs)}, "rival");
  EXPECT_EQ(loaded("rival").events.size(), 1u);
  EXPECT_TRUE(loaded("nobody").events.empty());
  EXPECT_EQ(forget_user(*store_, "shop", "u1").value(), 2);
  EXPECT_EQ(loaded().events.size(), 1u);
  EXPECT_EQ(loaded("rival").events.size(), 1u);
  EXPECT_EQ(forget_user(*store_, "shop", "u1").status().code(), Code::kNotFound);
}

TEST_F(EventStore, MoreThanAPartIsKeptWhole) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < kImportPart + 7; ++i)
    events.push_back(event("u" + std::to_string(i % 10), "i" + std::to_string(i), kBeginNs + static_cast<int>(i)));
  EXPECT_EQ(add(events).added, static_cast<std::int64_t>(events.size()));
  const Collection collection = collect(loaded());
  EXPECT_EQ(collection.log.events().size(), events.size());
  EXPECT_EQ(collection.users.size(), 10u);
  EXPECT_EQ(collection.undescribed_items, static_cast<std::int64_t>(events.size()));
}

}  // namespace
}  // namespace yupu::recommend
