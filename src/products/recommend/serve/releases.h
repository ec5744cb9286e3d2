// What makes lists, as one versioned unit: the settings of sources and ranker, the tower and the cross-encoder beside
// them, and the instant
// up to which what had arrived is learned from.  From these and the store the same lists come again, so that going back
// to a release is naming it; nothing personal stands in one.
//
// A release is a record (handoff/record.h, kind "recommend_release", named after the tenant), also one that the guard
// refused; which one serves is handoff/live_release.h's, under live_name().  Without one, all behaviour is learned
// from, anew every learn_minutes (rules.h). Outcomes  kNotFound: no such release of this tenant; those of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "handoff/live_release.h"
#include "products/recommend/methods/method.h"
#include "store/store.h"

namespace yupu::recommend {

// Of sources and ranker where nobody has said otherwise.
Settings serving_settings();

struct Release {
  std::string id = {};  // of its record; empty: none was made
  Settings settings = serving_settings();
  std::string tower = {};                      // a directory of `recommend train`; empty: none
  std::string tower_sha256 = {};               // of its weights: another model in its place is no longer this release
  std::string cross = {};                      // a directory of a cross-encoder; empty: none
  std::string cross_sha256 = {};               // as the tower's; empty: whatever is there
  std::int64_t received_until_ns = INT64_MAX;  // behaviour that arrived up to then is learned from
  bool passed = true;                          // the guard
  Json verdict = Json::object();               // what the guard saw (guard.h)
  std::int64_t made_ns = 0;
};

std::string live_name(const std::string& tenant_id);

// With its id.  The same release made again is the same record.
Result<Release> keep_release(store::Store& store, const std::string& tenant_id, Release release);
Result<Release> release_of(store::Store& store, const std::string& tenant_id, const std::string& id);
// Nothing: none is live.
Result<std::optional<Release>> live_release(store::Store& store, const std::string& tenant_id);
// The newest first.
Result<std::vector<Release>> releases_of(store::Store& store, const std::string& tenant_id);

// Makes a release live that passed the guard.  kConflict: it did not.
Status promote(store::Store& store, const std::string& tenant_id, const Release& release, std::string_view reason,
               std::int64_t now_ns);

// Which release serves, every release and every change, for the command and the page.
Result<OrderedJson> releases_json(store::Store& store, const std::string& tenant_id);

}  // namespace yupu::recommend
