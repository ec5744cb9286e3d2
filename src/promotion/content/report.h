// The technical report: what the live model is, what it was made from, how well it does and where it goes wrong, as one
// self-contained page per language. Every number is bound to a record (facts.h) and checked before the page is let out.
//
// What it reads   the live release of `model` (without one: the newest run), its run and its dataset. From Run.report,
//                 read defensively, whatever is there: labels, slices, confusions, expected_calibration_error,
//                 "reliability": [{"confidence", "accuracy", "count"}], "learning_curve": [{"epoch", "loss",
//                 "valid_accuracy"}]. A chart without figures is left out.
// Stale           when a newer run of the model exists than the one reported, the page says so at its top.
// Idempotency     the same records give the same bytes: nothing on the page depends on when it is rendered.
// Served          under a policy with style-src 'unsafe-inline' for this path only: one <style>, no script.
// Errors          kNotFound (the model has no run yet), kInvalidArgument (unknown language; a broken record, named),
//                 kInternal (the page says a number that no record says: ours to mend).
// Threads         any; nothing is shared.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "handoff/record.h"
#include "store/store.h"

namespace yupu::promotion {

struct ReportOptions {
  std::string model;        // "shop"
  std::string lang = "zh";  // "zh" or "en"; write_report writes both
};

Result<std::string> render_report(store::Store& store, const ReportOptions& options);

// Writes WORKDIR/site/report.zh.html and report.en.html and stores a record of kind "report", named as the model, made
// from release, run and dataset: body {"run_id", "release_id", "stale", "pages": {lang: {"path", "sha256"}}}.
Result<handoff::Record> write_report(store::Store& store, const std::string& workdir, const ReportOptions& options,
                                     const Clock& clock);

}  // namespace yupu::promotion
