#include "engine/collective/cpu_share.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <unistd.h>

namespace yupu::engine {
namespace {

std::vector<int> usable_cores() {
  std::vector<int> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

void pin(std::span<const int> cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  [[maybe_unused]] const int refused = ::sched_setaffinity(0, sizeof set, &set);  // costs speed, nothing else
}

}  // namespace

std::vector<int> part_of(std::span<const int> cores, int index, int parts) {
  const auto count = static_cast<int>(cores.size());
  if (count == 0) return {};
  if (parts >= count) return {cores[static_cast<std::size_t>(index % count)]};
  const auto begin = static_cast<std::ptrdiff_t>(count * index / parts);
  const auto end = static_cast<std::ptrdiff_t>(count * (index + 1) / parts);
  return {cores.begin() + begin, cores.begin() + end};
}

Result<int> share_cores(Collective& collective) {
  if (collective.size() == 1) return 0;
  const std::vector<int> cores = usable_cores();
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  YUPU_ASSIGN_OR_RETURN(const auto all,
                        all_gather(collective, fmt::format("{} {}", host.data(), fmt::join(cores, ","))));
  // Ranks with the very same cores share them; a launcher that binds gives each others.
  const auto mine = all.begin() + collective.rank();
  const auto parts = static_cast<int>(std::count(all.begin(), all.end(), *mine));
  const auto index = static_cast<int>(std::count(all.begin(), mine, *mine));
  if (parts == 1) return static_cast<int>(cores.size());
  const std::vector<int> part = part_of(cores, index, parts);
  pin(part);
  return std::max(1, static_cast<int>(part.size()));
}

}  // namespace yupu::engine
