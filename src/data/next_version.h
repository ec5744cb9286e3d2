// The next version of a dataset: what was learned from, and what its users have corrected since.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::data {

struct NextVersion {
  handoff::Record record;             // == the base when nothing was added or forgotten
  std::int64_t added_count = 0;       // corrections that are new rows of train
  std::int64_t superseded_count = 0;  // rows of train that a correction contradicted and replaced
  std::int64_t duplicate_count = 0;   // corrections that say what train says already
  std::int64_t forgotten_count = 0;   // rows of train that were to be left out
  std::int64_t refused_count = 0;     // in test or valid, unknown label, contradicting each other, unreadable
  Json report;                        // the four counts and "rejects": [{file, line, reason, detail, label, text}]
};

struct NextVersionOptions {
  std::vector<std::string> parents = {};  // besides the base: the records the additions came from
  std::size_t text_bytes_max = 8192;
  std::set<std::string> forgotten = {};   // sources of rows of train that are left out, and named nowhere
  std::set<std::string> new_labels = {};  // labels the base need not know
  // Personal data that the additions do not bring in, nor their rejects; rows of the base stay as they are.
  text::PersonalKinds mask = text::PersonalKinds::all();
};
inline constexpr std::int64_t kNewLabelRowsMin = 2;

// valid and test are taken over byte for byte, so live and candidate are measured on the same rows. Additions go to
// train:
//   the same text and label in train         nothing changes (duplicate)
//   the same text, another label in train    the addition, newer and reviewed, replaces the row (superseded)
//   the text is in test or valid             refused (in_test, in_valid): nobody learns what he is examined on
//   two additions, one text, two labels      both refused (conflict)
//   a label the base does not know           refused (unknown_label), unless it is one of `new_labels`; out_of_scope
//                                            is always known
//   a new label with one text                refused (thin_label): nothing is learned from one example
// Everything refused or replaced stands in the new version's rejects.jsonl. Same base and additions: same record.
// `additions`: source names where each is from ("feedback:fb_..."); order does not matter except between equal ones.
// Errors: kInvalidArgument when `base` is not a dataset, kNotFound when its files are gone, kResourceExhausted.
Result<NextVersion> next_version(const handoff::Record& base, std::vector<handoff::Row> additions,
                                 const NextVersionOptions& options, const std::string& workdir, store::Store& store,
                                 const Clock& clock);

}  // namespace yupu::data
