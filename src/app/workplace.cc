#include "app/workplace.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"

namespace yupu::app {

WorkplaceOptions read_workplace(Arguments& arguments) {
  WorkplaceOptions options;
  options.workdir = arguments.text("--workdir", "yupu-data");
  options.store_url = arguments.text("--store");
  return options;
}

Result<Workplace> open_workplace(const WorkplaceOptions& options, bool must_exist) {
  if (must_exist && !file_exists(options.workdir)) {
    return not_found(fmt::format("there is no working folder {}; name one with --workdir, or make one with `yupu run`",
                                 options.workdir));
  }
  YUPU_RETURN_IF_ERROR(make_directories(options.workdir));
  const std::string url = options.store_url.empty() ? "sqlite:" + options.workdir + "/yupu.db" : options.store_url;
  YUPU_ASSIGN_OR_RETURN(auto opened, store::open_store(url));
  return Workplace{options.workdir, std::make_unique<SystemClock>(), std::move(opened)};
}

engine::Precision read_precision(Arguments& arguments) {
  return arguments.one_of("--precision", "fp32", {"fp32", "bf16"}) == "bf16" ? engine::Precision::kBf16
                                                                             : engine::Precision::kF32;
}

std::unique_ptr<handoff::Progress> terminal_progress() {
  return std::make_unique<handoff::TerminalProgress>(::isatty(STDERR_FILENO) == 1);
}

namespace {
void print_line(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}
}  // namespace

void print_json(const Json& value) { print_line(value.dump(2, ' ', false, Json::error_handler_t::replace)); }
void print_json(const OrderedJson& value) {
  print_line(value.dump(2, ' ', false, OrderedJson::error_handler_t::replace));
}
void print_json_line(const OrderedJson& value) {
  print_line(value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}
void print_text(const std::string& text) { print_line(text); }

}  // namespace yupu::app
