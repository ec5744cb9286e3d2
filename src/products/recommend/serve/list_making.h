// What a list is made from, for one request at one instant: the user's history with what they look at now, what may be
// shown, and what may be named as a reason.
// Threads  made and used on one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/policy.h"

namespace yupu::recommend {

// What a user did before the instant.
std::vector<tasks::Behaviour> history_of(const Collection& collection, const std::string& user, std::int64_t now_ns);

// REQUIRES: the record has items.  Everything given must outlive it.
struct ListMaking {
  ListMaking(const Record& the_record, const ItemIds& hidden, const ListRequest& the_request, std::int64_t now_ns,
             const Policy& rules_of_tenant);
  ListMaking(const ListMaking&) = delete;
  ListMaking& operator=(const ListMaking&) = delete;

  // Neither hidden nor without a title nor excluded, by no rule blocked, and there by now.
  bool is_showable(std::uint32_t item) const;

  const Record& record;
  const Collection& collection;
  const ListRequest& request;
  const Ranker& ranker;
  const PolicyView policy;
  std::vector<std::string> unknown_context;  // items of the context nobody has told of
  const std::vector<tasks::Behaviour> history;
  const Moment moment;
  const MomentCounts counts;
  std::vector<std::uint8_t> may_be_shown;  // an item each; 1 for what may be but for rules on its text, and its time
  std::vector<std::uint8_t> may_be_named;  // of what the user has touched
};

}  // namespace yupu::recommend
