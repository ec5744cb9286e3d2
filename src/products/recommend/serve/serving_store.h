// What serving keeps in the store beside items and events: hidden items, lists that were given out, and the revision of
// a tenant's record, which grows in the transaction that changes it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::recommend {

struct Revision {
  std::int64_t items = 0, events = 0;
  std::int64_t removed = 0;  // how often something was taken away
  bool operator==(const Revision&) const = default;
};
enum class Changed : std::uint8_t { kItems, kEvents, kEventsRemoved };
// Before the first write of a transaction that ends with note_change: what its rows have as their revision.  Until it
// commits no other has the same, so that whoever has read up to a revision finds what is new behind it.
Result<Revision> next_revision(store::Transaction& transaction, const std::string& tenant_id);
Status note_change(store::Transaction& transaction, const std::string& tenant_id, Changed changed);
Result<Revision> revision_of(store::Transaction& transaction, const std::string& tenant_id);

using ItemIds = std::set<std::string, std::less<>>;
Result<ItemIds> hidden_items(store::Transaction& transaction, const std::string& tenant_id);
// True: it was not before.  An item nobody has told of may be hidden: it may come.
Result<bool> hide_item(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& item);
Result<bool> show_item(store::Store& store, const std::string& tenant_id, const std::string& item);

// A list that was given out.
struct GivenList {
  std::string id, user, surface;
  std::string release_id = {}, experiment = {}, arm = {};
  std::int64_t time_ns = 0;
  std::int64_t explored = 0;                 // the place that was drawn, from 1; 0: none
  OrderedJson items = OrderedJson::array();  // as the table says
  Json shown = Json::array();                // their ids alone, in order
};
Status keep_list(store::Transaction& transaction, const std::string& tenant_id, const GivenList& list);
Status keep_list(store::Store& store, const std::string& tenant_id, const GivenList& list);

}  // namespace yupu::recommend
