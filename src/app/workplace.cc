#include "app/workplace.h"

#include <charconv>
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
void print_text(const std::string& text) { print_line(text); }

Result<ListenAddress> parse_listen(const std::string& text) {
  const Status bad =
      invalid_argument(fmt::format("--listen must be ADDRESS:PORT, as 127.0.0.1:8080, not '{}'", text), "--listen");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad;
  ListenAddress address;
  address.host = text.substr(0, colon);
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty()) address.host = "0.0.0.0";
  const std::string port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return bad;
  return address;
}

}  // namespace yupu::app
