// An offline run of Weights & Biases, as `wandb sync` takes it (docs/formats/wandb.md):
//
//   DIR/offline-run-<UTC date>_<time>-<id>/run-<id>.wandb
//
//   file     ":W&B" | u16 0xBEE1 | u8 version 0 | records          little-endian
//   record   as in LevelDB's log (google/leveldb doc/log_format.md): blocks of 32768 bytes, the file's head counted in;
//            u32 crc32(type byte, data) | u16 length | u8 type 1 full, 2 first, 3 middle, 4 last | data
//            less than 7 bytes left in a block: zeros.  The check is the zip polynomial's and is not masked.
//   data     a wandb_internal.Record message: header, run, history per step, exit
//
// Source: the descriptors (wandb_internal_pb2) and the datastore reader of the wandb package, 0.19.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "training/track/record_file.h"
#include "training/track/tracker.h"

namespace yupu::training {

// The log's framing.  Threads: one owner.
class WandbLog {
 public:
  static Result<WandbLog> create(const std::string& path);
  // However many blocks it takes, one write(2).
  Status append(std::string_view data);

 private:
  explicit WandbLog(RecordFile file) : file_(std::move(file)) {}
  RecordFile file_;
  std::size_t end_ = 0;
};

// `target`: DIR.
Result<std::unique_ptr<RunObserver>> open_wandb(const std::string& target, const TrackOptions& options);

}  // namespace yupu::training
