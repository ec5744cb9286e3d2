// A base directory, opened once for any number of adapters of it: one copy of the encoder's weights, one packed copy,
// one tokenizer.  Classifier::load takes from here what its adapter does not bring.
// Threads  an AdapterBase is only read; BaseCache: any.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/status.h"
#include "model/checkpoint/huggingface.h"
#include "model/encoder/encoder.h"
#include "model/heads/classification/classification.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

struct AdapterBase {
  std::string directory;
  model::ModelConfig config;
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::shared_ptr<model::Encoder> encoder;
  bool has_pooler = true;
  std::unique_ptr<model::ClassificationHead> head;  // null: the directory holds none
  // What an adapter of it must name: model::base_fingerprint, or, for a base in 8 bits, that of the f32 weights it was
  // made from (empty when the directory does not say).
  std::string sha256;
  // SHA-256 of all of the encoder's weights, from a BaseCache: equal ids and configurations are equal encoders.
  std::string weights_id;
};

using OpenBase = std::function<Result<std::shared_ptr<const AdapterBase>>(const std::string& directory)>;

// Outcomes  kNotFound, kInvalidArgument: file and member; kResourceExhausted: no memory.
Result<std::shared_ptr<const AdapterBase>> open_adapter_base(const std::string& directory, model::Placement placement);

// What a model directory is an adapter of, without opening the base; nothing for a whole model.
struct AdapterOf {
  std::string method;
  std::string base;         // its directory, or what the adapter calls it when it is not there
  std::string base_sha256;  // empty: not recorded
};
// Outcomes  kNotFound, kInvalidArgument: file and member.
Result<std::optional<AdapterOf>> adapter_of(const std::string& directory);

// Gives the same base to all who ask while one of them keeps it; a directory whose files have changed is opened anew.
// Copies of one base in several directories share one encoder.  Who asks while it is being opened waits for that.
class BaseCache {
 public:
  Result<std::shared_ptr<const AdapterBase>> open(const std::string& directory);
  // The `count` bases opened last stay when nobody has them: adapters come and go, and a base takes long to open.
  void keep(std::size_t count);

 private:
  struct Slot {
    std::string stamp;
    std::weak_ptr<const AdapterBase> base;
    bool opening = false;
  };
  void share_encoder(AdapterBase& fresh) YUPU_REQUIRES(mutex_);

  Mutex mutex_;
  Condition opened_;
  std::map<std::string, Slot> slots_ YUPU_GUARDED_BY(mutex_);  // by canonical path
  std::size_t keep_count_ YUPU_GUARDED_BY(mutex_) = 0;
  std::deque<std::shared_ptr<const AdapterBase>> kept_ YUPU_GUARDED_BY(mutex_);  // latest last
};

}  // namespace yupu::tasks
