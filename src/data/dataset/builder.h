// Writes one version of a dataset: into a staging folder beside its siblings, hashed on the way, made visible by one
// rename.
//
//   WORKDIR/datasets/.staging-PID-N/   while it is written; removed when the builder goes away unfinished
//   WORKDIR/datasets/<20 hex digits>/  train.jsonl valid.jsonl test.jsonl rejects.jsonl dataset.json
// The folder's name is a hash over all that is in it, so a folder never changes its meaning.  docs/formats/dataset.md.
// Errors: kResourceExhausted (disk full), kPermissionDenied; nothing of it then remains.   Threads: one owner.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/status.h"
#include "data/dataset/survey.h"
#include "data/split/split.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "store/store.h"

namespace yupu::data {

class DatasetBuilder {
 public:
  static Result<std::unique_ptr<DatasetBuilder>> create(const std::string& workdir);
  ~DatasetBuilder();
  DatasetBuilder(const DatasetBuilder&) = delete;
  DatasetBuilder& operator=(const DatasetBuilder&) = delete;

  const std::string& staging() const { return staging_; }
  // `line` as row_line() makes it.
  Status add(Split split, std::string_view label, std::string_view line);
  Status reject(const Reject& reject);
  const std::map<std::string, std::int64_t>& reject_counts() const { return reject_counts_; }

  struct About {
    std::string name;
    std::vector<std::string> parents;
    std::map<std::string, std::string> source_sha256;
    std::int64_t conflict_count = 0;  // texts
    Json more = Json::object();       // further members of the record's body
  };
  // Closes the files, makes the folder visible and stores the record. The same content again gives the record already
  // there.
  Result<handoff::Record> finish(const About& about, store::Store& store, const Clock& clock);

 private:
  struct Part {
    FileWriter writer;
    Sha256 hash;
    std::int64_t row_count = 0;
    std::string sha256;
  };
  explicit DatasetBuilder(std::string folder, std::string staging)
      : folder_(std::move(folder)), staging_(std::move(staging)) {}
  Status write(Part& part, std::string_view line);
  Status publish(const std::string& folder_name, const Json& dataset_json);

  std::string folder_;  // WORKDIR/datasets
  std::string staging_;
  std::vector<Part> parts_;  // train, valid, test, rejects
  std::map<std::string, std::int64_t> label_counts_;
  std::map<std::string, std::int64_t> reject_counts_;
};

}  // namespace yupu::data
