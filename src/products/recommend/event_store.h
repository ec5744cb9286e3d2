// Items and events in the store, a tenant each.
//
// An item told again replaces what was told before.  An event counts once, by its id, however often and in whatever
// order it is sent; late ones take their place in time when they are read.
// Outcomes  kConflict "line N: field 'id': ..."  an event id that is there with another content; the events of its
//           part (kImportPart rows) are not kept, those of the parts before are, and the file may be sent again once it
//           is mended.  Else the store's.
// Retention forget_user removes every event of a user and every list they were given; nothing else here names one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "products/recommend/records.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::size_t kImportPart = 5000;  // rows of a transaction

struct Imported {
  std::int64_t added = 0, changed = 0, known = 0;  // changed: of items alone
};
Result<Imported> import_items(store::Store& store, const Clock& clock, const std::string& tenant_id,
                              std::span<const Item> items);
Result<Imported> import_events(store::Store& store, const Clock& clock, const std::string& tenant_id,
                               std::span<const Event> events);

// One event into a transaction that is under way, of the revision that next_revision() gave it.  Whoever adds one notes
// the change (serving_store.h).
enum class Kept : std::uint8_t { kAdded, kKnown, kConflict };  // kConflict: its id is there with another content
Result<Kept> keep_event(store::Transaction& transaction, const Clock& clock, const std::string& tenant_id,
                        const Event& event, std::int64_t revision);

// Items by id, events by time and id.
struct Stored {
  std::vector<Item> items;
  std::vector<Event> events;
};
Result<Stored> load(store::Store& store, const std::string& tenant_id);
// What was written at a later revision than that, in no order that means anything; items without gaps and events a part
// at a time, so that reading millions takes no more memory than what is made of them.
Result<std::vector<Item>> items_since(store::Transaction& transaction, const std::string& tenant_id,
                                      std::int64_t revision);
Status events_since(store::Transaction& transaction, const std::string& tenant_id, std::int64_t revision,
                    const std::function<void(const Event&)>& take);

// What a user did that was written at a later revision than that.
Result<std::vector<Event>> events_of_user_since(store::Transaction& transaction, const std::string& tenant_id,
                                                const std::string& user, std::int64_t revision);

// How many events went.  Outcomes  kNotFound: there is neither an event nor a list of this user.
Result<std::int64_t> forget_user(store::Store& store, const std::string& tenant_id, const std::string& user);

}  // namespace yupu::recommend
