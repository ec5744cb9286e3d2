#include "data/dataset/builder.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

namespace yupu::data {
namespace {

constexpr std::array<const char*, 4> kFiles = {"train.jsonl", "valid.jsonl", "test.jsonl", "rejects.jsonl"};
constexpr std::size_t kRejects = 3;
constexpr std::string_view kStaging = ".staging-";

// Staging folders of processes that are no more (killed in the middle of an import).
void remove_abandoned(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kStaging)) continue;
    int pid = 0;
    std::from_chars(name.data() + kStaging.size(), name.data() + name.size(), pid);
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) std::filesystem::remove_all(entry.path(), error);
  }
}

}  // namespace

Result<std::unique_ptr<DatasetBuilder>> DatasetBuilder::create(const std::string& workdir) {
  static std::atomic<int> next_number{0};
  const std::string folder = workdir + "/datasets";
  YUPU_RETURN_IF_ERROR(make_directories(folder));
  remove_abandoned(folder);
  const std::string staging = fmt::format("{}/{}{}-{}", folder, kStaging, ::getpid(), next_number++);
  YUPU_RETURN_IF_ERROR(remove_tree(staging));
  YUPU_RETURN_IF_ERROR(make_directories(staging));
  auto builder = std::unique_ptr<DatasetBuilder>(new DatasetBuilder(folder, staging));
  builder->parts_.reserve(kFiles.size());
  for (const char* file : kFiles) {
    YUPU_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::create(staging + "/" + file));
    builder->parts_.push_back({.writer = std::move(writer), .hash = {}, .row_count = 0, .sha256 = {}});
  }
  return builder;
}

DatasetBuilder::~DatasetBuilder() {
  parts_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(staging_, ignored);
}

Status DatasetBuilder::write(Part& part, std::string_view line) {
  part.hash.update(line);
  ++part.row_count;
  return part.writer.write(line);
}

Status DatasetBuilder::add(Split split, std::string_view label, std::string_view line) {
  CHECK(split != Split::kNone, "a row goes to a split");
  if (!label.empty()) ++label_counts_[std::string(label)];
  return write(parts_[static_cast<std::size_t>(split)], line);
}

Status DatasetBuilder::reject(const Reject& reject) {
  ++reject_counts_[std::string(reject.reason)];
  OrderedJson json = {
      {"file", reject.file}, {"line", reject.line}, {"reason", reject.reason}, {"detail", reject.detail}};
  if (!reject.label.empty()) json["label"] = reject.label;
  json["text"] = reject.text;
  return write(parts_[kRejects], json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

Result<handoff::Record> DatasetBuilder::finish(const About& about, store::Store& store, const Clock& clock) {
  Sha256 content;
  Json files = Json::object();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    YUPU_RETURN_IF_ERROR(parts_[i].writer.close());
    parts_[i].sha256 = parts_[i].hash.finish_hex();
    files[kFiles[i]] = parts_[i].sha256;
    if (i != kRejects) content.field(kFiles[i]).field(parts_[i].sha256);
  }
  handoff::Dataset dataset;
  dataset.content_sha256 = content.finish_hex();
  for (int i = 0; i < kSplitCount; ++i) {
    dataset.row_counts[std::string(split_name(static_cast<Split>(i)))] = parts_[static_cast<std::size_t>(i)].row_count;
  }
  dataset.label_counts = label_counts_;
  for (const auto& [label, count] : label_counts_) {
    if (label != handoff::kOutOfScope) dataset.labels.push_back(label);
  }
  dataset.source_sha256 = about.source_sha256;
  dataset.rejected_count = parts_[kRejects].row_count;
  const auto duplicates = reject_counts_.find("duplicate");
  dataset.duplicate_count = duplicates == reject_counts_.end() ? 0 : duplicates->second;
  dataset.conflict_count = about.conflict_count;

  Json body = dataset.to_json();
  body["files"] = files;
  body["rejects"] = reject_counts_;
  body.update(about.more);
  body.erase("directory");
  const std::string folder_name = sha256_hex(to_text(body)).substr(0, 20);
  body["directory"] = "datasets/" + folder_name;
  YUPU_RETURN_IF_ERROR(publish(folder_name, body));
  const handoff::Record record = handoff::make_record("dataset", about.name, about.parents, body, clock.now_ns());
  YUPU_RETURN_IF_ERROR(handoff::put_record(store, record));
  return handoff::get_record(store, record.id);  // the one already there keeps its time
}

Status DatasetBuilder::publish(const std::string& folder_name, const Json& dataset_json) {
  YUPU_RETURN_IF_ERROR(write_file_atomic(staging_ + "/dataset.json", dataset_json.dump(2) + "\n"));
  const std::string target = folder_ + "/" + folder_name;
  // There already and whole: leave it, somebody may be reading. Damaged or half removed: put it right.
  bool whole = file_exists(target + "/dataset.json");
  for (std::size_t i = 0; whole && i < kFiles.size(); ++i) {
    const auto sha256 = file_sha256(target + "/" + kFiles[i]);
    whole = sha256.ok() && sha256.value() == parts_[i].sha256;
  }
  return whole ? ok_status() : replace_directory(staging_, target);
}

}  // namespace yupu::data
