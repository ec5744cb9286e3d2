#include "training/track/tensorboard.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

#include "base/ids.h"
#include "training/track/checksums.h"

namespace yupu::training {
namespace {

constexpr double kNsPerSecond = 1e9;

// Field numbers, by message.
namespace event {
constexpr std::uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
namespace value {
constexpr std::uint32_t kTag = 1, kSimpleValue = 2, kHistogram = 5, kTensor = 8, kMetadata = 9;
}
namespace histo {
constexpr std::uint32_t kMin = 1, kMax = 2, kCount = 3, kSum = 4, kSumSquares = 5, kLimits = 6, kBuckets = 7;
}
namespace hparams {
constexpr std::uint32_t kExperiment = 2, kSessionStart = 3, kSessionEnd = 4;
}

WireMessage plugin_metadata(std::string_view plugin, std::string_view content) {
  WireMessage data;
  data.text(1, plugin);
  if (!content.empty()) data.text(2, content);
  WireMessage metadata;
  metadata.message(1, data);
  return metadata;
}

// A value that is nothing but what a plugin reads from its metadata.
WireMessage hparams_value(std::string_view tag, std::uint32_t field, const WireMessage& content) {
  WireMessage data;
  data.message(field, content);
  WireMessage message;
  message.text(value::kTag, tag).message(value::kMetadata, plugin_metadata("hparams", data.bytes()));
  return message;
}

// google.protobuf.Value, and the DataType of the HParams plugin that goes with it.
struct HparamValue {
  WireMessage message;
  std::int64_t type;
};
HparamValue hparam_value(const Json& json) {
  constexpr std::int64_t kString = 1, kBool = 2, kNumber = 3;
  HparamValue out;
  if (json.is_boolean()) {
    out.type = kBool;
    out.message.integer(4, json.get<bool>() ? 1 : 0);
  } else if (json.is_number()) {
    out.type = kNumber;
    out.message.real(2, json.get<double>());
  } else {
    out.type = kString;
    out.message.text(3, json.is_string() ? json.get<std::string>() : to_text(json));
  }
  return out;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

}  // namespace

std::string tfrecord(std::string_view payload) {
  std::string out;
  append_le64(out, payload.size());
  append_le32(out, masked(crc32c(out)));
  out += payload;
  append_le32(out, masked(crc32c(payload)));
  return out;
}

WireMessage histogram_message(std::span<const float> values) {
  constexpr std::size_t kBucketCount = 64;
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  double sum = 0.0;
  double sum_squares = 0.0;
  double count = 0.0;
  for (const float element : values) {
    const double x = element;
    if (!std::isfinite(x)) continue;
    least = std::min(least, x);
    most = std::max(most, x);
    sum += x;
    sum_squares += x * x;
    count += 1.0;
  }
  WireMessage message;
  if (count == 0.0) return message;
  const std::size_t bucket_count = most > least ? kBucketCount : 1;
  const double width = (most - least) / static_cast<double>(bucket_count);
  std::vector<double> limits(bucket_count), buckets(bucket_count);
  for (std::size_t i = 0; i < bucket_count; ++i) limits[i] = least + width * static_cast<double>(i + 1);
  limits.back() = most;
  for (const float element : values) {
    const double x = element;
    if (!std::isfinite(x)) continue;
    std::size_t place = width > 0.0 ? static_cast<std::size_t>(std::max(0.0, std::ceil((x - least) / width) - 1.0)) : 0;
    place = std::min(place, bucket_count - 1);
    while (place > 0 && x <= limits[place - 1]) --place;  // rounding of the division
    while (place + 1 < bucket_count && x > limits[place]) ++place;
    buckets[place] += 1.0;
  }
  message.real(histo::kMin, least).real(histo::kMax, most).real(histo::kCount, count).real(histo::kSum, sum);
  message.real(histo::kSumSquares, sum_squares).reals(histo::kLimits, limits).reals(histo::kBuckets, buckets);
  return message;
}

Result<EventFile> EventFile::create(const std::string& folder, std::string_view suffix, const Clock& clock) {
  const std::int64_t seconds = clock.now_ns() / static_cast<std::int64_t>(kNsPerSecond);
  YUPU_ASSIGN_OR_RETURN(RecordFile file, RecordFile::create(fmt::format("{}/events.out.tfevents.{}.{}.{}", folder,
                                                                        seconds, host_name(), suffix)));
  EventFile events(std::move(file), clock);
  WireMessage first;
  first.real(event::kWallTime, events.now_seconds()).text(event::kFileVersion, "brain.Event:2");
  YUPU_RETURN_IF_ERROR(events.file_.append(tfrecord(first.bytes())));
  return events;
}

double EventFile::now_seconds() const { return static_cast<double>(clock_->now_ns()) / kNsPerSecond; }

Status EventFile::append(std::int64_t step, std::uint32_t field, const WireMessage& what) {
  WireMessage message;
  message.real(event::kWallTime, now_seconds());
  if (step != 0) message.integer(event::kStep, step);
  message.message(field, what);
  return file_.append(tfrecord(message.bytes()));
}

Status EventFile::append_value(std::int64_t step, const WireMessage& one) {
  WireMessage summary;
  summary.message(1, one);
  return append(step, event::kSummary, summary);
}

Status EventFile::scalars(std::int64_t step, std::span<const Figure> figures) {
  WireMessage summary;
  for (const Figure& figure : figures) {
    WireMessage one;
    one.text(value::kTag, figure.name).real32(value::kSimpleValue, static_cast<float>(figure.value));
    summary.message(1, one);
  }
  return append(step, event::kSummary, summary);
}

Status EventFile::histogram(std::int64_t step, std::string_view name, std::span<const float> values) {
  const WireMessage buckets = histogram_message(values);
  if (buckets.bytes().empty()) return ok_status();  // no number among the values
  WireMessage one;
  one.text(value::kTag, name).message(value::kHistogram, buckets);
  return append_value(step, one);
}

Status EventFile::text(std::int64_t step, std::string_view name, std::string_view markdown) {
  constexpr std::int64_t kDtString = 7;
  WireMessage size;
  size.integer(1, 1);
  WireMessage shape;
  shape.message(2, size);  // one dimension of one element
  WireMessage tensor;
  tensor.integer(1, kDtString).message(2, shape).text(8, markdown);
  WireMessage one;
  one.text(value::kTag, name).message(value::kTensor, tensor).message(value::kMetadata, plugin_metadata("text", {}));
  return append_value(step, one);
}

Status EventFile::hparams_start(std::string_view run_name, std::span<const std::pair<std::string, Json>> options,
                                std::span<const std::string> metrics) {
  WireMessage experiment;
  experiment.real(3, now_seconds());
  WireMessage session;
  for (const auto& [name, json] : options) {
    const HparamValue hparam = hparam_value(json);
    WireMessage info;
    info.text(1, name).integer(4, hparam.type);
    experiment.message(4, info);
    WireMessage entry;
    entry.text(1, name).message(2, hparam.message);
    session.message(1, entry);
  }
  for (const std::string& metric : metrics) {
    WireMessage name;
    name.text(2, metric);
    WireMessage info;
    info.message(1, name);
    experiment.message(5, info);
  }
  session.text(4, run_name).real(5, now_seconds());
  YUPU_RETURN_IF_ERROR(append_value(0, hparams_value("_hparams_/experiment", hparams::kExperiment, experiment)));
  return append_value(0, hparams_value("_hparams_/session_start_info", hparams::kSessionStart, session));
}

Status EventFile::hparams_end(bool success) {
  constexpr std::int64_t kSuccess = 1, kFailure = 2;
  WireMessage session;
  session.integer(1, success ? kSuccess : kFailure).real(2, now_seconds());
  return append_value(0, hparams_value("_hparams_/session_end_info", hparams::kSessionEnd, session));
}

Status EventFile::restart(std::int64_t step) {
  constexpr std::int64_t kStart = 1;
  WireMessage session_log;
  session_log.integer(1, kStart);
  return append(step, event::kSessionLog, session_log);
}

namespace {

// The options as a table of the Text tab.
std::string options_table(std::span<const std::pair<std::string, Json>> options) {
  std::string out = "| option | value |\n|---|---|\n";
  for (const auto& [name, json] : options) {
    std::string shown = json.is_string() ? json.get<std::string>() : to_text(json);
    for (std::size_t bar = shown.find('|'); bar != std::string::npos; bar = shown.find('|', bar + 2))
      shown.insert(bar, "\\");
    out += fmt::format("| {} | {} |\n", name, shown);
  }
  return out;
}

class TensorBoardRun final : public RunObserver {
 public:
  TensorBoardRun(std::string folder, const TrackOptions& options)
      : folder_(std::move(folder)),
        run_name_(options.run_name),
        clock_(options.clock),
        failures_("tensorboard", options.progress) {}

  void run_started(const RunStart& start) override {
    auto file = EventFile::create(folder_, random_id("yupu"), clock_);
    if (!file.ok()) return failures_.add(file.status());
    file_ = std::make_unique<EventFile>(std::move(*file));
    last_step_ = start.resumed_at_step;
    const auto options = flat_options(start.options);
    const std::string metric = "eval/" + start.options.value("metric", "accuracy");
    const std::vector<std::string> metrics = {metric, "train/epoch_loss"};
    failures_.add(file_->restart(start.resumed_at_step + 1));
    failures_.add(file_->hparams_start(run_name_, options, metrics));
    failures_.add(file_->text(0, "run/options", options_table(options)));
  }

  void figures(std::int64_t step, std::span<const Figure> figures) override {
    last_step_ = step;
    if (file_) failures_.add(file_->scalars(step, figures));
  }

  bool wants_histograms() const override { return file_ != nullptr; }
  void histogram(std::int64_t step, std::string_view name, std::span<const float> values) override {
    failures_.add(file_->histogram(step, name, values));
  }

  void run_ended(const RunEnd& end) override {
    if (file_) {
      std::vector<std::string> names;
      std::vector<Figure> figures;
      names.reserve(end.figures.size());  // the figures point into it
      for (const auto& [name, figure] : end.figures) {
        names.push_back("result/" + name);
        figures.push_back({names.back(), figure});
      }
      if (!figures.empty()) failures_.add(file_->scalars(last_step_, figures));
      if (!end.message.empty()) failures_.add(file_->text(last_step_, "run/ended", end.message));
      failures_.add(file_->hparams_end(end.outcome == RunEnd::Outcome::kFinished));
    }
    failures_.sum_up();
  }

 private:
  std::string folder_;
  std::string run_name_;
  const Clock& clock_;
  Failures failures_;
  std::unique_ptr<EventFile> file_;  // from run_started on, when it could be made
  std::int64_t last_step_ = 0;
};

}  // namespace

Result<std::unique_ptr<RunObserver>> open_tensorboard(const std::string& target, const TrackOptions& options) {
  return std::unique_ptr<RunObserver>(
      std::make_unique<TensorBoardRun>(fmt::format("{}/{}", target, options.run_name), options));
}

}  // namespace yupu::training
