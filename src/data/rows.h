// Labelled rows of a file, in memory or one by one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "data/clean/clean.h"
#include "data/source.h"
#include "handoff/types.h"

namespace yupu::data {

// One line of train.jsonl, valid.jsonl, test.jsonl (docs/formats/dataset.md), with its line end.
std::string row_line(const handoff::Row& row);

// The rows of a dataset's file, in order. Errors: kInvalidArgument naming file, line and field; kNotFound.
Result<std::vector<handoff::Row>> read_rows(const std::string& jsonl_path);
Status for_each_row(const std::string& jsonl_path, const std::function<Status(const handoff::Row&)>& take);

// A file of the user's own (CSV, TSV, JSONL, text), cleaned but complete: the first bad row is an error, because a
// figure over "most of the file" is not the figure that was asked for. Duplicates stay. `source.label_column` empty:
// labels empty. Errors: kInvalidArgument "FILE: line N: field 'text': ...", kTooLarge for a text over the limit,
// kNotFound.
Result<std::vector<handoff::Row>> read_labelled_file(const ImportSource& source,
                                                     const CleanLimits& limits = {.text_bytes_max = 64 << 10});

// Makes a handoff row of a raw one: cleans text, label and lang, sets its source "FILE:LINE". A problem leaves `row`
// unfit.
std::optional<Problem> to_row(RawRow& raw, const ImportSource& source, const CleanLimits& limits, handoff::Row& row);

}  // namespace yupu::data
