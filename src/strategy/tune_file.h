// The space file of `yupu tune`: TOML in, a search in the types of training/tune.
//
//   [tune]              trials, max_epochs, min_epochs, eta, scheduler = "asha"|"hyperband"|"none",
//                       sampler = "tpe"|"random", multivariate, startup_trials, candidates, seed, jobs
//   [tune.fixed]        options of training that are not searched: config = "tiny"
//   [tune.space.NAME]   type = "float"|"int"|"categorical"; low, high, log, step; choices
//
// Every error names file, line and key: "space.toml: line 7: tune.space.lr.low: ...".  docs/tuning.md explains each
// key.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "training/tune/tune.h"

namespace yupu::strategy {

// Fills space, settings, jobs and fixed; rows and out are the caller's.
// Errors: kNotFound, kTooLarge, kInvalidArgument with file, line and key.
Result<training::tune::TuneOptions> load_tune_file(const std::string& path);
// The same from memory; `path` stands in errors, and a relative `base` is read from its folder.
Result<training::tune::TuneOptions> parse_tune_file(std::string_view text, const std::string& path);

}  // namespace yupu::strategy
