#include "training/track/wandb.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/ids.h"
#include "training/track/checksums.h"
#include "training/track/wire.h"

namespace yupu::training {
namespace {

constexpr std::size_t kBlockBytes = 32768;
constexpr std::size_t kHeadBytes = 7;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

enum class Fragment : char { kFull = 1, kFirst, kMiddle, kLast };

void append_fragment(std::string& out, Fragment type, std::string_view data) {
  std::string checked(1, static_cast<char>(type));
  checked += data;
  append_le32(out, crc32(checked));
  append_le16(out, static_cast<std::uint16_t>(data.size()));
  out += checked;
}

}  // namespace

Result<WandbLog> WandbLog::create(const std::string& path) {
  constexpr std::uint16_t kMagic = 0xBEE1;
  YUPU_ASSIGN_OR_RETURN(RecordFile file, RecordFile::create(path));
  std::string head = ":W&B";
  append_le16(head, kMagic);
  head += '\0';
  WandbLog log(std::move(file));
  YUPU_RETURN_IF_ERROR(log.file_.append(head));
  log.end_ = head.size();
  return log;
}

Status WandbLog::append(std::string_view data) {
  std::string out;
  bool first = true;
  do {
    std::size_t room = kBlockBytes - (end_ + out.size()) % kBlockBytes;
    if (room < kHeadBytes) {
      out.append(room, '\0');
      room = kBlockBytes;
    }
    const std::string_view piece = data.substr(0, room - kHeadBytes);
    data.remove_prefix(piece.size());
    const Fragment type = first ? (data.empty() ? Fragment::kFull : Fragment::kFirst)
                                : (data.empty() ? Fragment::kLast : Fragment::kMiddle);
    append_fragment(out, type, piece);
    first = false;
  } while (!data.empty());
  YUPU_RETURN_IF_ERROR(file_.append(out));
  end_ += out.size();
  return ok_status();
}

namespace {

// Field numbers, by message.
namespace record {
constexpr std::uint32_t kNumber = 1, kHistory = 2, kSummary = 3, kRun = 17, kExit = 18, kHeader = 21;
}
namespace run {
constexpr std::uint32_t kId = 1, kProject = 3, kConfig = 4, kGroup = 6, kDisplayName = 8, kStartTime = 17;
}
namespace item {
constexpr std::uint32_t kKey = 1, kNestedKey = 2, kValueJson = 16;
}

WireMessage nested_item(std::span<const std::string> path, const Json& value) {
  WireMessage message;
  for (const std::string& key : path) message.text(item::kNestedKey, key);
  message.text(item::kValueJson, to_text(value));
  return message;
}

WireMessage nested_item(const std::string& key, const Json& value) { return nested_item(std::span(&key, 1), value); }

class WandbRun final : public RunObserver {
 public:
  WandbRun(std::string folder, const TrackOptions& options)
      : folder_(std::move(folder)),
        run_name_(options.run_name),
        version_(options.version),
        clock_(options.clock),
        failures_("wandb", options.progress) {}

  void run_started(const RunStart& start) override {
    began_ns_ = clock_.now_ns();
    const std::string id = random_id("w").substr(2, 8);
    // "2026-11-25T09:53:08.123Z" -> "20261125_095308"
    std::string moment = format_utc(began_ns_).substr(0, 19);
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    std::replace(moment.begin(), moment.end(), 'T', '_');
    auto log = WandbLog::create(fmt::format("{}/offline-run-{}-{}/run-{}.wandb", folder_, moment, id, id));
    if (!log.ok()) return failures_.add(log.status());
    log_ = std::make_unique<WandbLog>(std::move(*log));
    last_step_ = start.resumed_at_step;
    write_header();
    write_run(id, start);
  }

  void figures(std::int64_t step, std::span<const Figure> figures) override {
    at_step(step);
    for (const Figure& figure : figures) {
      if (!std::isfinite(figure.value)) continue;  // JSON has no such number
      const std::string name(figure.name);
      items_.push_back(nested_item(name, figure.value));
      summary_[name] = figure.value;
    }
  }

  bool wants_histograms() const override { return log_ != nullptr; }
  void histogram(std::int64_t step, std::string_view name, std::span<const float> values) override {
    constexpr std::size_t kBins = 64;  // the most W&B shows is 512
    at_step(step);
    float least = 0.0f, most = 0.0f;
    std::size_t count = 0;
    for (const float x : values) {
      if (!std::isfinite(x)) continue;
      least = count == 0 ? x : std::min(least, x);
      most = count == 0 ? x : std::max(most, x);
      ++count;
    }
    if (count == 0) return;
    const double width = std::max(double{most} - double{least}, 1e-12) / kBins;
    std::vector<std::int64_t> counts(kBins);
    std::vector<double> edges;
    for (std::size_t edge = 0; edge <= kBins; ++edge)
      edges.push_back(double{least} + width * static_cast<double>(edge));
    for (const float x : values) {
      if (!std::isfinite(x)) continue;
      const auto bin = static_cast<std::size_t>((double{x} - double{least}) / width);
      ++counts[std::min(bin, kBins - 1)];
    }
    const std::string key(name);
    const auto add = [&](const char* member, const Json& value) {
      const std::string path[] = {key, member};
      items_.push_back(nested_item(path, value));
    };
    add("_type", "histogram");
    add("values", counts);
    add("bins", edges);
  }

  void run_ended(const RunEnd& end) override {
    if (log_) {
      flush_step();
      for (const auto& [name, value] : end.figures) summary_["result/" + name] = value;
      if (!end.message.empty()) summary_["ended"] = end.message;
      write_summary();
      write_exit(end.outcome == RunEnd::Outcome::kFinished ? 0 : 1);
    }
    failures_.sum_up();
  }

 private:
  void write(std::uint32_t field, const WireMessage& what) {
    WireMessage message;
    message.integer(record::kNumber, ++record_count_).message(field, what);
    failures_.add(log_->append(message.bytes()));
  }

  void write_header() {
    WireMessage version;
    version.text(1, "yupu " + version_).text(2, "0.40.0");  // the least reader: the first with this record layout
    WireMessage header;
    header.message(1, version);
    write(record::kHeader, header);
  }

  void write_run(const std::string& id, const RunStart& start) {
    WireMessage config;
    for (const auto& [key, value] : start.options.items()) {
      WireMessage one;
      one.text(item::kKey, key).text(item::kValueJson, to_text(value));
      config.message(1, one);
    }
    WireMessage began;
    began.integer(1, began_ns_ / kNsPerSecond).integer(2, began_ns_ % kNsPerSecond);
    WireMessage message;
    message.text(run::kId, id).text(run::kProject, "yupu").message(run::kConfig, config);
    message.text(run::kGroup, run_name_).text(run::kDisplayName, run_name_).message(run::kStartTime, began);
    write(record::kRun, message);
  }

  // W&B keeps one history record a step, in rising order.
  void at_step(std::int64_t step) {
    if (step != last_step_) flush_step();
    last_step_ = step;
  }

  void flush_step() {
    if (items_.empty() || !log_) return;
    const double now = static_cast<double>(clock_.now_ns()) * 1e-9;
    const double runtime = static_cast<double>(clock_.now_ns() - began_ns_) * 1e-9;
    WireMessage history;
    for (const WireMessage& one : items_) history.message(1, one);
    history.message(1, nested_item("_timestamp", now));
    history.message(1, nested_item("_runtime", runtime));
    history.message(1, nested_item("_step", last_step_));
    WireMessage step;
    step.integer(1, last_step_);
    history.message(2, step);
    write(record::kHistory, history);
    items_.clear();
  }

  void write_summary() {
    WireMessage summary;
    for (const auto& [name, value] : summary_) summary.message(1, nested_item(name, value));
    summary.message(1, nested_item("_step", last_step_));
    write(record::kSummary, summary);
  }

  void write_exit(std::int64_t code) {
    WireMessage ended;
    if (code != 0) ended.integer(1, code);
    ended.integer(2, (clock_.now_ns() - began_ns_) / kNsPerSecond);
    write(record::kExit, ended);
  }

  std::string folder_;
  std::string run_name_;
  std::string version_;
  const Clock& clock_;
  Failures failures_;
  std::unique_ptr<WandbLog> log_;  // from run_started on, when it could be made
  std::int64_t began_ns_ = 0;
  std::int64_t last_step_ = 0;
  std::int64_t record_count_ = 0;
  std::vector<WireMessage> items_;  // of the step under way
  std::map<std::string, Json> summary_;
};

}  // namespace

Result<std::unique_ptr<RunObserver>> open_wandb(const std::string& target, const TrackOptions& options) {
  return std::unique_ptr<RunObserver>(std::make_unique<WandbRun>(target, options));
}

}  // namespace yupu::training
