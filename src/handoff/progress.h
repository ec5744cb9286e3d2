// How long work tells what it is doing: a bar on a terminal, plain lines elsewhere, nothing in tests.
// Threads: one owner per Progress.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yupu::handoff {

// How long `left` units take at the pace of `done` units in `elapsed_ns`; done > 0.
std::int64_t time_left_ns(std::int64_t elapsed_ns, std::int64_t done, std::int64_t left);

class Progress {
 public:
  virtual ~Progress() = default;
  // total 0: unknown.  done_before: of `total`, done by earlier sittings; the time left is told by this one's pace.
  virtual void begin(std::string_view what, std::int64_t total, std::int64_t done_before) = 0;
  // `detail` is what changes besides the count: "loss 0.412  1380 tokens/s".
  virtual void update(std::int64_t done, std::string_view detail) = 0;
  virtual void end(std::string_view summary) = 0;
  virtual void note(std::string_view line) = 0;
};

class SilentProgress final : public Progress {
 public:
  void begin(std::string_view, std::int64_t, std::int64_t) override {}
  void update(std::int64_t, std::string_view) override {}
  void end(std::string_view) override {}
  void note(std::string_view) override {}
};

// Writes to stderr: a bar redrawn at most 10 times a second on a terminal, one line every few seconds elsewhere.
class TerminalProgress final : public Progress {
 public:
  explicit TerminalProgress(bool is_terminal) : is_terminal_(is_terminal) {}
  void begin(std::string_view what, std::int64_t total, std::int64_t done_before) override;
  void update(std::int64_t done, std::string_view detail) override;
  void end(std::string_view summary) override;
  void note(std::string_view line) override;

 private:
  void draw(std::int64_t done, std::string_view detail);
  bool is_terminal_;
  std::string what_;
  std::int64_t total_ = 0;
  std::int64_t done_before_ = 0;
  std::int64_t started_ns_ = 0;
  std::int64_t drawn_ns_ = 0;
};

}  // namespace yupu::handoff
