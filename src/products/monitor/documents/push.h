// A file of pushed documents (push_row.h, a line each) into the store, from where it was left; killed at any moment,
// the next call goes on, and every document has its effect once.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "products/monitor/documents/intake.h"

namespace yupu::monitor {

struct PushOptions {
  IntakeOptions intake = {};
  std::int64_t batch_rows = 200;  // rows a transaction
  bool finished = true;           // a last line without its end is a row: nobody writes on
  ScoreDocuments score = {};      // rows may come without a sentiment then
  ScoreDocuments embed = {};      // gives them a meaning (meaning.h); empty: nobody does
};

struct PushReport {
  std::string source;
  std::int64_t rows = 0;
  Outcomes outcomes;
  bool starts_over = false;   // the file is another one than the last time: read from its beginning
  std::string first_refusal;  // "row 3: why", of the rows read now; empty: none was refused
};

// `source`: what the file's documents are counted under.  Errors: those of reading and of the store; what was committed
// before stays.
Result<PushReport> push_file(store::Store& store, const Clock& clock, const std::string& monitor,
                             const TopicDictionary& topics, const std::string& path, const std::string& source,
                             const PushOptions& options = {});

}  // namespace yupu::monitor
