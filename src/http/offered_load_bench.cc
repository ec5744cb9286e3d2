// Offers a server a fixed load and says what became of it (load/crowd.h): one JSON row.
//
//   http_offered_load_bench --port P --path /v1/answer --bodies FILE [--key K] [--connections N] [--seconds S]
//       [--rate R [--even]] [--seed N] [--idle N] [--host ADDRESS] [--patience S]
//
// FILE: one body a line, sent by turns.  --rate R: so many a second, at random times (Poisson; --even: evenly), however
// busy the server is; without it each connection asks again as soon as it is answered.  --idle N: so many more sockets
// are opened first and say nothing.  Exit status 1: no request was answered.
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "http/load/crowd.h"
#include "http/load/idle_sockets.h"

namespace yupu::http {
namespace {

constexpr std::int64_t kDescriptorReserve = 64;

using Words = std::map<std::string, std::string, std::less<>>;

std::string word(const Words& words, const std::string& name, const std::string& otherwise) {
  const auto found = words.find(name);
  return found == words.end() ? otherwise : found->second;
}

double number(const Words& words, const std::string& name, double otherwise) {
  const auto found = words.find(name);
  return found == words.end() ? otherwise : std::stod(found->second);
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

int bench(const Words& words) {
  CrowdOptions options;
  options.host = word(words, "--host", options.host);
  options.port = static_cast<std::uint16_t>(number(words, "--port", 8080));
  options.connections = static_cast<int>(number(words, "--connections", options.connections));
  options.seconds = number(words, "--seconds", options.seconds);
  options.patience_s = number(words, "--patience", options.patience_s);
  const std::string path = word(words, "--path", "/v1/answer");
  for (const std::string& body : read_lines(word(words, "--bodies", ""))) {
    options.requests.push_back(json_request(options.host, path, word(words, "--key", ""), body));
  }
  if (options.requests.empty()) {
    fmt::print(stderr, "--bodies FILE: one body a line, at least one\n");
    return 2;
  }
  const double rate = number(words, "--rate", 0.0);
  if (rate > 0) {
    options.arrivals = ArrivalPlan{.per_s = rate,
                                   .seconds = options.seconds,
                                   .even = words.contains("--even"),
                                   .seed = static_cast<std::uint64_t>(number(words, "--seed", 1))};
  }
  const auto idle_wanted = static_cast<std::int64_t>(number(words, "--idle", 0));
  raise_descriptors(idle_wanted + options.connections + kDescriptorReserve);
  IdleSockets idle;
  const std::int64_t idle_count = idle.open(options.host, options.port, idle_wanted);
  Result<Tally> tally = run_crowd(options);
  if (!tally.ok()) {
    fmt::print(stderr, "{}\n", tally.status().to_string());
    return 1;
  }
  OrderedJson row{{"loop", rate > 0 ? "open" : "closed"}, {"connections", options.connections}};
  if (idle_wanted > 0) {
    row["idle"] = idle_count;
    row["idle_open_at_end"] = idle.still_open();
  }
  row["seconds"] = options.seconds;
  row.update(tally->to_json(options.seconds));
  fmt::print("{}\n", row.dump());
  return tally->answered_us.empty() ? 1 : 0;
}

}  // namespace
}  // namespace yupu::http

int main(int argc, char** argv) {
  yupu::http::Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--even") {
      words[name] = "yes";
    } else if (name.starts_with("--") && i + 1 < argc) {
      words[name] = argv[++i];
    } else {
      fmt::print(stderr, "'{}' is not --NAME VALUE\n", name);
      return 2;
    }
  }
  try {
    return yupu::http::bench(words);
  } catch (const std::exception&) {
    fmt::print(stderr, "a value that should be a number is none\n");
    return 2;
  }
}
