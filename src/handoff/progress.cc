#include "handoff/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/clock.h"

namespace yupu::handoff {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::string duration_text(std::int64_t ns) {
  const std::int64_t seconds = ns / (1000 * kNsPerMs);
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void print_line(const std::string& line) {
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::int64_t time_left_ns(std::int64_t elapsed_ns, std::int64_t done, std::int64_t left) {
  return static_cast<std::int64_t>(static_cast<double>(elapsed_ns) / static_cast<double>(done) *
                                   static_cast<double>(left));
}

void TerminalProgress::begin(std::string_view what, std::int64_t total, std::int64_t done_before) {
  what_ = what;
  total_ = total;
  done_before_ = done_before;
  started_ns_ = SystemClock().monotonic_ns();
  drawn_ns_ = 0;
}

void TerminalProgress::draw(std::int64_t done, std::string_view detail) {
  const std::int64_t elapsed_ns = SystemClock().monotonic_ns() - started_ns_;
  std::string line = what_;
  if (total_ > 0) {
    constexpr std::int64_t kWidth = 24;
    const std::int64_t filled = std::clamp<std::int64_t>(kWidth * done / total_, 0, kWidth);
    if (is_terminal_) line += fmt::format(" [{}{}]", std::string(filled, '='), std::string(kWidth - filled, ' '));
    line += fmt::format(" {}/{}", done, total_);
    const std::int64_t done_now = done - done_before_;
    if (done_now > 0 && done < total_)
      line += fmt::format("  {} left", duration_text(time_left_ns(elapsed_ns, done_now, total_ - done)));
  } else {
    line += fmt::format(" {}", done);
  }
  line += "  ";
  line += detail;
  print_line(is_terminal_ ? "\r\x1b[2K" + line : line + "\n");
}

void TerminalProgress::update(std::int64_t done, std::string_view detail) {
  const std::int64_t now_ns = SystemClock().monotonic_ns();
  const std::int64_t interval_ns = (is_terminal_ ? 100 : 5000) * kNsPerMs;
  if (now_ns - std::max(drawn_ns_, is_terminal_ ? std::int64_t{0} : started_ns_) < interval_ns) return;
  drawn_ns_ = now_ns;
  draw(done, detail);
}

void TerminalProgress::end(std::string_view summary) {
  const std::string took = duration_text(SystemClock().monotonic_ns() - started_ns_);
  print_line(fmt::format("{}{}: {} ({})\n", is_terminal_ ? "\r\x1b[2K" : "", what_, summary, took));
}

void TerminalProgress::note(std::string_view line) {
  print_line(fmt::format("{}{}\n", is_terminal_ ? "\r\x1b[2K" : "", line));
}

}  // namespace yupu::handoff
