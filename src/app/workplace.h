// What most commands start with: the working folder, its store, a clock, and how results are printed.
#pragma once

#include <memory>
#include <string>

#include "app/arguments.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "engine/precision.h"
#include "handoff/progress.h"
#include "store/store.h"

namespace yupu::app {

inline constexpr const char* kVersion = "0.1.0";

struct WorkplaceOptions {
  std::string workdir;    // default "yupu-data"
  std::string store_url;  // default "sqlite:WORKDIR/yupu.db"
};
// Reads --workdir and --store.
WorkplaceOptions read_workplace(Arguments& arguments);

struct Workplace {
  std::string workdir;
  std::unique_ptr<SystemClock> clock;
  std::unique_ptr<store::Store> store;
};
// Makes the folder when it is missing; `must_exist`: kNotFound instead, for commands that only read.
Result<Workplace> open_workplace(const WorkplaceOptions& options, bool must_exist);

// Reads --precision fp32|bf16 (fp32).  What it comes to on this machine: training/precision.h.
engine::Precision read_precision(Arguments& arguments);

// The bar on a terminal, plain lines elsewhere.
std::unique_ptr<handoff::Progress> terminal_progress();

// One JSON document on stdout, indented, and nothing else.
void print_json(const Json& value);
void print_json(const OrderedJson& value);
// The same as one line, of JSON lines.
void print_json_line(const OrderedJson& value);
void print_text(const std::string& text);

}  // namespace yupu::app
