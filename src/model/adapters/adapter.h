// A small set of tensors that makes one shared base encoder a tenant's own: the base stays as it is, bit for bit.
//   lora     low-rank change of chosen linear layers         adapters/lora
//   adalora  the same in singular-value form, ranks pruned   adapters/adalora
//   houlsby  bottlenecks and layer norms                     adapters/houlsby
// An Adapter owns every tensor that trains beside the head.  What it replaces rather than adds (layer norms, a pooler
// the base lacks) it holds as its own copy, so that any number of adapters can share a base at the same time.
// Parameters carry the names they have in a PEFT file without "base_model.model." (files.h).
// Threads  training: one owner; inference only reads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/autograd/tape.h"
#include "model/adapters/segment.h"
#include "model/encoder/encoder.h"

namespace yupu::model {

// The linear layers an adapter can change, in the order of computation.
enum class Module : std::uint8_t {
  kQuery,
  kKey,
  kValue,
  kAttentionOutput,
  kIntermediate,
  kOutput,
  kPooler,  // one for the model; its layer is 0
};
inline constexpr std::size_t kLayerModules = 6;

struct ModuleAt {
  std::int64_t layer;
  Module module;
  bool operator==(const ModuleAt&) const = default;
};
// "bert.encoder.layer.0.attention.self.query"
std::string module_path(ModuleAt at);
struct ModuleSize {
  std::int64_t in, out;
};
ModuleSize module_size(const EncoderConfig& config, Module module);
std::vector<ModuleAt> all_modules(const EncoderConfig& config);

struct AdapterConfig {
  std::string method = "lora";  // a name of adapter_methods() (methods.h)
  std::string base;             // base_model_name_or_path

  // lora, adalora
  std::int64_t rank = 8;  // adalora: the initial rank
  double alpha = 16.0;
  double dropout = 0.0;                         // of the branch's input
  std::map<std::string, double> alpha_pattern;  // the end of a module's path -> its own alpha (read from files)
  bool rslora = false;  // scale alpha / sqrt(rank) instead of alpha / rank (Kalajdzievski 2023, arXiv:2312.03732)
  // As in PEFT: the path of a module or its end behind a dot; "all-linear" for every one.
  std::vector<std::string> targets = {"query", "value"};

  // adalora, steps counted in updates
  std::int64_t target_rank = 4;
  std::int64_t warmup_steps = 0;  // tinit
  std::int64_t final_steps = 0;   // tfinal
  std::int64_t interval = 10;     // deltaT
  std::int64_t total_steps = 0;
  double beta1 = 0.85;
  double beta2 = 0.85;
  double orthogonality = 0.5;
  // Which of the initial ranks each matrix kept, by path + ".lora_E"; empty until training has ended.
  std::vector<std::pair<std::string, std::vector<bool>>> rank_pattern;

  // houlsby
  std::int64_t bottleneck = 64;

  // Outcomes  kInvalidArgument naming the member and its range.
  Status validate(std::string_view where) const;
};

// Null pointers stand for "not adapted"; the parameters belong to the Adapter.
struct LowRank {
  engine::Parameter* down = nullptr;      // (rank,I)
  engine::Parameter* up = nullptr;        // (O,rank)
  engine::Parameter* diagonal = nullptr;  // (rank,1), adalora
  float scale = 1.0f;
};
struct Bottleneck {
  engine::Parameter *down_weight = nullptr, *down_bias = nullptr, *up_weight = nullptr, *up_bias = nullptr;
};
struct NormPair {
  engine::Parameter *gain = nullptr, *bias = nullptr;
};
struct AdapterLayer {
  std::array<LowRank, kLayerModules> low_rank;
  std::array<Bottleneck, 2> bottleneck;  // behind the attention output, behind the feed-forward
  std::array<NormPair, 2> norm;          // in their place
};

struct ModuleRank {
  ModuleAt at;
  std::int64_t rank;
  double alpha;
};

class Adapter {
 public:
  // Fresh: the adapted model computes what the base computes.  The same seed gives the same tensors everywhere.
  // `with_pooler`: the pooler is trained and kept here too (for a base that lacks one).
  // Outcomes  kInvalidArgument: a member of the config; a target that fits no module (the names are listed).
  static Result<std::unique_ptr<Adapter>> create(const AdapterConfig& config, const Encoder& base, std::uint64_t seed,
                                                 bool with_pooler = false);
  // Of given ranks and zeros, to be read from a file.
  static std::unique_ptr<Adapter> blank(const AdapterConfig& config, const EncoderConfig& base,
                                        std::span<const ModuleRank> ranks, bool with_pooler);
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  const AdapterConfig& config() const { return config_; }
  void set_base(std::string base) { config_.base = std::move(base); }
  const EncoderConfig& base_config() const { return base_config_; }
  const AdapterLayer& layer(std::size_t index) const { return layers_[index]; }
  const LowRank& pooler_low_rank() const { return pooler_low_rank_; }
  const LowRank& low_rank(ModuleAt at) const;
  const NormPair& embedding_norm() const { return embedding_norm_; }
  const NormPair& pooler() const { return pooler_; }  // weight and bias
  std::vector<engine::Parameter*> parameters() const;
  // Memory it takes when it answers, at most: its values, and matrices a second time, packed (not a low-rank `down`).
  std::size_t inference_bytes() const;
  // The modules with a low-rank change, in the order of computation.
  std::vector<ModuleAt> adapted() const;

  // Keeps ranks `kept` (one bool each) of a module and drops the others; for adalora, which masked those.
  void keep_ranks(ModuleAt at, const std::vector<bool>& kept);
  void set_schedule(std::int64_t warmup_steps, std::int64_t final_steps, std::int64_t total_steps);

  // ---- for the methods ----
  engine::Parameter* add(const std::string& name, const engine::Shape& shape, float fill, bool decay);
  AdapterLayer& mutable_layer(std::size_t index) { return layers_[index]; }
  LowRank& mutable_low_rank(ModuleAt at);
  NormPair& mutable_embedding_norm() { return embedding_norm_; }

 private:
  Adapter(const AdapterConfig& config, const EncoderConfig& base);

  AdapterConfig config_;
  EncoderConfig base_config_;
  std::vector<std::unique_ptr<engine::Parameter>> parameters_;
  std::vector<AdapterLayer> layers_;
  LowRank pooler_low_rank_;
  NormPair embedding_norm_;
  NormPair pooler_;
};

// SHA-256 of the base's weights without its pooler (which a file may lack): what an adapter belongs to.
std::string base_fingerprint(const Encoder& base);

}  // namespace yupu::model
