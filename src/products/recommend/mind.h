// The files of the MIND news set (Wu et al. 2020, ACL'20, "MIND: A Large-scale Dataset for News Recommendation"), or of
// anybody's in its layout: a folder with
//   news.tsv       id, category, subcategory, title, abstract, and three columns that are not read
//   behaviors.tsv  id, user, time ("11/11/2019 9:05:58 AM", UTC), history (ids), what was shown ("N1-0 N2-1": 1
//   clicked)
// A news item's tags are its category and subcategory.  A click of a list is an event at the list's time.  The history
// has no times: of each user that of their first list counts, as clicks a minute apart, the last one a minute before
// it. Lists without marks (the hidden test's) are refused: there is nothing to judge by. Outcomes  kNotFound: a file;
// kInvalidArgument "FILE: line N: field 'NAME': ...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "products/recommend/records.h"

namespace yupu::recommend {

struct MarkedList {
  std::string user;
  std::int64_t time_ns = 0;
  std::vector<std::string> items;     // in the file's order, which says nothing
  std::vector<std::uint8_t> clicked;  // of each item
};

struct Mind {
  std::vector<Item> items;
  std::vector<Event> events;
  std::vector<MarkedList> lists;
};

// Of two texts, for tests; `where` names the folder in errors.
Result<Mind> mind_of(std::string_view news, std::string_view behaviors, const std::string& where);
// Of folders, one after another: an item that is told twice is the one told last.
Result<Mind> read_mind(const std::vector<std::string>& folders);

}  // namespace yupu::recommend
