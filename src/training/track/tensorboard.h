// TensorBoard event files (docs/formats/tensorboard.md): TFRecords of tensorflow.Event messages.
//
//   record   u64 length | u32 masked crc32c(the 8 length bytes) | payload | u32 masked crc32c(payload)
//   Event    1 wall_time double, 2 step, one of: 3 file_version, 5 summary, 7 session_log
//   first record: file_version "brain.Event:2"
//
// Source: tensorflow/core/lib/io/record_writer.h, core/protobuf/event.proto, core/framework/summary.proto; the names
// and numbers of the fields were read off the descriptors of the tensorboard package, 2.21.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "training/track/record_file.h"
#include "training/track/tracker.h"
#include "training/track/wire.h"

namespace yupu::training {

// One TFRecord.
std::string tfrecord(std::string_view payload);

// HistogramProto: 64 buckets of equal width from the least to the greatest value; bucket i counts
// limit[i-1] < x <= limit[i], the first also the least value itself.  Values that are no numbers are left out.
WireMessage histogram_message(std::span<const float> values);

// One event file.  Threads: one owner.
class EventFile {
 public:
  // FOLDER/events.out.tfevents.<unix seconds>.<host>.<suffix>, made and begun.
  static Result<EventFile> create(const std::string& folder, std::string_view suffix, const Clock& clock);

  Status scalars(std::int64_t step, std::span<const Figure> figures);  // one record for all of them
  Status histogram(std::int64_t step, std::string_view name, std::span<const float> values);
  Status text(std::int64_t step, std::string_view name, std::string_view markdown);
  // What the HParams tab shows: options at the start, how it ended at the end.
  Status hparams_start(std::string_view run_name, std::span<const std::pair<std::string, Json>> options,
                       std::span<const std::string> metrics);
  Status hparams_end(bool success);
  // Tells TensorBoard to forget what other files of the folder say about `step` and later (a killed run that goes on).
  Status restart(std::int64_t step);
  const std::string& path() const { return file_.path(); }

 private:
  EventFile(RecordFile file, const Clock& clock) : file_(std::move(file)), clock_(&clock) {}
  Status append(std::int64_t step, std::uint32_t field, const WireMessage& what);
  Status append_value(std::int64_t step, const WireMessage& value);
  double now_seconds() const;
  RecordFile file_;
  const Clock* clock_;
};

// `target`: a folder; the run stands in TARGET/<run_name>.
Result<std::unique_ptr<RunObserver>> open_tensorboard(const std::string& target, const TrackOptions& options);

}  // namespace yupu::training
