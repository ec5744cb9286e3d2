// Import: files of rows in, one immutable version of a dataset out.
//
//   files -> importers -> clean -> judge (duplicates, conflicts, leakage) -> split -> WORKDIR/datasets/<hash>/ ->
//   Record
// Streams: 36 bytes of memory a row and one record of text; a million rows stay far below 200 MB.
// Idempotent: the same files and options give the same bytes and the same record, whatever the machine.
// Atomic: until the record is stored nothing of the import is visible; a crash leaves a folder the next import removes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "data/source.h"
#include "handoff/progress.h"
#include "handoff/record.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::data {

struct ImportOptions {
  std::string name = {};                   // of the dataset: "shop"
  std::vector<ImportSource> sources = {};  // read in this order
  double valid_fraction = 0.1;             // of the rows no source has placed, per label
  double test_fraction = 0.1;
  std::uint64_t seed = 1;
  std::int64_t min_examples_per_label =
      2;  // to train on, after duplicates and conflicts; 0: any. out_of_scope is exempt
  std::size_t text_bytes_max = 8192;
  std::vector<std::string> parents = {};  // ids of records the sources came from
  // Personal data that no row and no reject keeps; texts that differ in nothing else are duplicates, or in conflict.
  text::PersonalKinds mask = text::PersonalKinds::all();
};

// Outcomes, other than the record (kind "dataset", body handoff::Dataset and "rejects": {reason: rows}):
// The body says which kinds were `masked`, where any were.
//   kInvalidArgument  an option, a missing column, a label with too few examples (label and line named), no row left
//   kNotFound         a file is not there            kResourceExhausted  the disk is full
Result<handoff::Record> import_dataset(const ImportOptions& options, const std::string& workdir, store::Store& store,
                                       const Clock& clock, handoff::Progress& progress);

// The same without writing anything: what an import would find, as JSON for `data check FILE...`:
//   {"ok", "rows", "labels": {label: rows}, "rejects": {reason: rows}, "examples": [{file, line, reason, detail,
//   text}...],
//    "duplicates", "conflicts", "leakage", "thin_labels": [{label, examples, first}], "splits": {train, valid, test}}
// `ok` is false when there are conflicts, leakage, thin labels or unreadable rows. At most 50 examples of each reason.
Result<Json> check_sources(const ImportOptions& options, handoff::Progress& progress);

}  // namespace yupu::data
