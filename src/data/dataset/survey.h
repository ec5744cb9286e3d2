// What a set of sources holds, row by row, in 32 bytes a row: read once, then judged as a whole.
//
//   1 collect  every row is cleaned; what cannot be is a reject, what can is an Entry and goes to the caller's sink
//   2 judge    rows with one canonical text are one group. Two labels in it: conflict, all of them left out. Else one
//   stays:
//              test before valid before train before unplaced, then the first; the others are duplicates, or leakage
//              when the one that stays is in valid or test and they are not in the same split.
//   3 place    rows no source has placed are split (split/split.h)
// Memory: 36 bytes a row, whatever the texts' length.          Threads: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "data/clean/clean.h"
#include "data/source.h"
#include "data/split/split.h"
#include "handoff/progress.h"
#include "handoff/types.h"

namespace yupu::data {

enum class Verdict : std::uint8_t { kKept, kDuplicate, kConflict, kLeakage };

struct Entry {
  CanonicalKey key;
  std::uint32_t line = 0;
  std::uint32_t label = 0;  // index into labels()
  std::uint32_t other = 0;  // the entry that stayed instead, or that contradicts
  std::uint16_t source = 0;
  Split split = Split::kNone;
  Verdict verdict = Verdict::kKept;
};

struct Reject {
  std::string file;
  std::int64_t line = 0;
  std::string_view reason;
  std::string detail;
  std::string label;
  std::string text;  // excerpt
};

class Survey {
 public:
  using RowSink = std::function<Status(const handoff::Row& row, std::size_t entry_index)>;
  using RejectSink = std::function<Status(const Reject& reject)>;

  explicit Survey(std::vector<ImportSource> sources, CleanLimits limits)
      : sources_(std::move(sources)), limits_(limits) {}

  Status collect(const RowSink& on_row, const RejectSink& on_reject, handoff::Progress& progress);
  void judge();
  void place(std::uint64_t seed, const SplitFractions& fractions);

  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<std::string>& labels() const { return labels_; }
  const std::vector<ImportSource>& sources() const { return sources_; }
  const std::map<std::string, std::string>& source_sha256() const { return source_sha256_; }
  std::int64_t rows_read() const { return rows_read_; }
  std::string place_of(const Entry& entry) const;  // "train.csv:17"
  Reject reject_of(const Entry& entry) const;      // REQUIRES: verdict != kKept. Without the text.

  // Labels with fewer than `min_examples` rows to train on; empty when all have enough. kOutOfScope is exempt.
  struct ThinLabel {
    std::string label;
    std::int64_t example_count = 0;
    std::string first_place;  // where it is first seen
  };
  std::vector<ThinLabel> thin_labels(std::int64_t min_examples) const;

 private:
  Status collect_source(std::size_t source_index, std::int64_t bytes_before, const RowSink& on_row,
                        const RejectSink& on_reject, handoff::Progress& progress);
  Result<std::uint32_t> label_index(const std::string& label);
  void judge_group(const std::uint32_t* begin, const std::uint32_t* end);

  std::vector<ImportSource> sources_;
  CleanLimits limits_;
  std::vector<Entry> entries_;
  std::vector<std::string> labels_;
  std::unordered_map<std::string, std::uint32_t> label_indices_;
  std::map<std::string, std::string> source_sha256_;
  std::int64_t rows_read_ = 0;
};

}  // namespace yupu::data
