// What a tenant says about its lists beside what is learned: read with every request, so in force from the next list
// on.
//   pin           an item at a place of every list, or of those of one surface: what editors want seen
//   lift          by tag, what the worth of its items' places (diversity.h: 1 at most) is raised by; below 0: buried
//   half_life     relevance * 2^(-age / half_life_days): what is old gives way
//   caps          by tag, how many of a list may have it; "author:*" stands for every tag that begins so
//   blocked       an item with such a tag, or such words in its text, is in no list
//   unnamed_tags  an item with such a tag is never named as the reason of another
//   explore       of places, what is given to what little is known of (exploration.h); 0.01 where nothing is said
// As JSON (`yupu recommend rules FILE`), every member may be missing:
//   {"pin": [{"item": "b3", "position": 1, "surface": "home"}], "lift": {"spring": 0.2, "leftover": -0.5},
//    "half_life_days": 60, "caps": {"author:*": 1}, "blocked_tags": [], "blocked_words": [], "unnamed_tags": [],
//    "explore": 0.01}
// Outcomes  kInvalidArgument, the field as it is written ("pin[0].position"); those of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/recommend/collection.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::size_t kPolicyEntriesMost = 200;  // of each member

struct Pin {
  std::string item;
  std::size_t position = 1;  // from 1
  std::string surface;       // empty: every one
};

struct Policy {
  std::vector<Pin> pins = {};
  std::map<std::string, double> lifts = {};
  double half_life_days = 0.0;  // 0: nothing gives way for its age
  std::map<std::string, std::size_t> caps = {};
  std::vector<std::string> blocked_tags = {}, blocked_words = {}, unnamed_tags = {};
  double explore = 0.01;

  OrderedJson to_json() const;
};

Result<Policy> parse_policy(const Json& object);

// None was set: an empty one.
Result<Policy> policy_of(store::Transaction& transaction, const std::string& tenant_id);
Status put_policy(store::Store& store, const Clock& clock, const std::string& tenant_id, const Policy& policy,
                  const std::string& changed_by);

// A policy in the numbers of a collection, which must outlive it.
// Threads  immutable.
class PolicyView {
 public:
  PolicyView(const Policy& policy, const Collection& collection);
  bool is_blocked(std::uint32_t item) const;
  // The same of an item that is not of the collection.
  bool blocks(const std::vector<std::string>& tags, const std::string& text) const;
  bool may_be_named(std::uint32_t item) const;
  double lift(std::uint32_t item) const;
  // How much of a relevance an age leaves.
  double freshness(double age_days) const;
  // By number of a tag.
  const std::map<std::uint32_t, std::size_t>& caps() const { return caps_; }

 private:
  bool has_blocked_word(const std::string& text) const;

  const Policy& policy_;
  const Collection& collection_;
  std::vector<std::uint32_t> blocked_, unnamed_;  // numbers of tags, ascending
  std::vector<std::string> words_;                // in small letters
  std::map<std::uint32_t, double> lifts_;
  std::map<std::uint32_t, std::size_t> caps_;
};

}  // namespace yupu::recommend
