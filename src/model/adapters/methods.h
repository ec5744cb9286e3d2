// The ways to adapt a frozen base: one row each.  An addition is one folder beside this file and one row in methods.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "model/adapters/adapter.h"

namespace yupu::model {

struct AdapterMethod {
  std::string_view name;       // `--method NAME`
  std::string_view peft_type;  // in adapter_config.json
  std::string_view summary;
  bool low_rank;  // changes linear layers by low-rank terms (can be merged), so `targets` and `rank` count

  // Adds the method's parameters, of zeros (and ones), to a blank adapter.
  void (*build)(Adapter& adapter, std::span<const ModuleRank> ranks);
  // Fresh values: the adapted model begins as the base.
  void (*draw)(Adapter& adapter, const Encoder& base, std::uint64_t seed);
  // The method's own members of adapter_config.json.
  void (*write_config)(const AdapterConfig& config, OrderedJson& json);
  Status (*read_config)(const Json& json, std::string_view where, AdapterConfig& config);
};

std::span<const AdapterMethod> adapter_methods();
const AdapterMethod* find_adapter_method(std::string_view name);  // nullptr when there is none
const AdapterMethod* find_adapter_peft_type(std::string_view peft_type);

}  // namespace yupu::model
