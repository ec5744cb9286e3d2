// Personal data of a text replaced by its kind: "call 13812345678" -> "call [phone]".
//
//   mask_personal_data   the kind alone: nothing tells two numbers apart, nothing leads back
//   PersonalMasker       "[phone 1]", "[phone 2]": the same value gets the same number in every text that one masker
//                        sees (a conversation, a file), whatever separators, widths or letter case it is written
//                        with; and its entries lead back
// Retention  a masker holds what it masked: who keeps its entries keeps them apart from the masked texts.
// Threads    mask_personal_data and unmask_personal_data: pure; a PersonalMasker has one owner.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/personal/personal_data.h"

namespace yupu::text {

std::string mask_personal_data(std::string_view text, PersonalKinds kinds = PersonalKinds::all());

class PersonalMasker {
 public:
  explicit PersonalMasker(PersonalKinds kinds = PersonalKinds::all()) : kinds_(kinds) {}

  std::string mask(std::string_view text);

  struct Entry {
    std::string placeholder;  // "[phone 1]"
    std::string text;         // as it was first written
  };
  // In the order in which they were met.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  PersonalKinds kinds_;
  std::vector<Entry> entries_;
  std::map<std::pair<PersonalKind, std::string>, std::size_t> known_;  // value, folded -> index of its entry
  std::size_t counts_[kPersonalKindCount] = {};
};

// Every placeholder of `entries` in `text` is what it stands for again, as it was first written; others stay.  A text
// that had such words in brackets before it was masked does not come back as it was.
std::string unmask_personal_data(std::string_view text, const std::map<std::string, std::string, std::less<>>& entries);

}  // namespace yupu::text
