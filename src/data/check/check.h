// Checks before training: what in these files will hurt.
//
//   exact      by canonical text (clean/clean.h): duplicates, conflicts, leakage between splits; rows that cannot be
//              read; labels with too few rows
//   near       the same after everything but letters, their marks and digits is dropped: "where is it?!" and "Where is
//   it" labels     confident learning over cross-validated probabilities of a linear model (label_errors.h,
//              cross_validation.h): rows that probably carry a wrong label, labels that overlap
// Keeps the texts in memory, unlike an import.  Deterministic.     Threads  one owner.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "data/check/report.h"
#include "data/import.h"
#include "handoff/progress.h"

namespace yupu::data {

struct CheckOptions {
  ImportOptions import;
  bool labels = true;                     // the third group
  std::int64_t label_rows_max = 200'000;  // above it labels are not checked (the report says so)
  int threads = 0;                        // 0: every core
};

// Outcomes, other than the report: as check_sources() (data/import.h).
Result<CheckReport> check_before_training(const CheckOptions& options, handoff::Progress& progress);

// Letters, their marks, and digits of a canonical text, in order: what near duplicates share.  Empty when it has none.
std::string bare_text(std::string_view canonical);

}  // namespace yupu::data
