// The strategy file: the whole loop of one model company, as data. Reference for its writers: docs/strategy.md.
//
// Loading checks everything that can be checked without running a stage: unknown keys, types, ranges, files that are
// not there, plans a tenant names but nobody defines. Errors name file, line and key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/money.h"
#include "base/status.h"
#include "model/adapters/adapter.h"
#include "strategy/connector_plan.h"
#include "strategy/knowledge_plan.h"
#include "strategy/monitor_plan.h"
#include "strategy/privacy_plan.h"
#include "strategy/recommend_plan.h"
#include "strategy/service_plan.h"
#include "strategy/widget_plan.h"

namespace yupu::strategy {

struct DataSource {
  std::string path;  // as written; relative to the strategy file's folder
  std::string text_column = "text";
  std::string label_column = "label";
  std::string lang_column;
  std::string split_column;
  std::string out_of_scope;  // this label of the file means that no label fits
  std::string fixed_label;   // every row has this label
  std::string fixed_split;   // "train", "valid" or "test"
};

struct DataPlan {
  std::vector<DataSource> sources;
  double valid_fraction = 0.1;
  double test_fraction = 0.1;
  std::int64_t min_examples_per_label = 2;
  std::int64_t text_bytes_max = 8192;
  std::string check = "warn";  // data/check before the import: "warn", "error" (its errors end the stage), "off"
};

struct TrainPlan {
  std::string task = "classify";
  std::string config = "tiny";  // encoder preset; or
  std::string base;             // a model directory to start from
  // "full", or how an adapter of `base` is made (model/adapters); then `adapter` says how large.
  std::string method = "full";
  model::AdapterConfig adapter;
  std::optional<std::int64_t> prune_after_steps;  // adalora's tinit and tfinal; unset: shares of all updates
  std::optional<std::int64_t> prune_final_steps;
  std::int64_t epochs = 30;
  std::int64_t batch_tokens = 1024;
  double lr = 1e-3;
  double warmup_ratio = 0.1;
  double weight_decay = 0.01;
  double dropout = 0.1;
  double token_dropout = 0.0;  // share of tokens of a training text read as unknown
  double label_smoothing = 0.0;
  std::string pooling = "cls";        // what the head reads: cls or mean
  double layer_decay = 1.0;           // of the learning rate from each layer to the one below it
  std::string background = "off";     // an output for texts that no label fits (training/background.h)
  std::string class_weights = "off";  // "balanced", or a file {"label": weight}
  bool wide = true;                   // n-gram branch beside the encoder
  double wide_lr = 0.02;              // its learning rate
  std::int64_t patience = 5;
  std::int64_t vocab_size = 4000;
  std::int64_t max_length = 64;
  std::int64_t threads = 0;  // 0: every core
  std::string metric = "accuracy";
  std::vector<std::string> track;  // "tensorboard:DIR", ... (training/track/tracker.h); changes no result
  std::string precision = "fp32";  // or "bf16", of the linear layers' products
};

struct ReleasePlan {
  double accuracy_min = 0.0;     // the first release must reach this on the test rows
  double gain_min = 0.0;         // a later one must beat the live one by more than this
  double slice_drop_max = 0.02;  // and fall on no protected slice by more than this
  double target_precision = 0.95;
  std::optional<double> max_wrong;  // a promise instead (tasks/classify/calibration.h): unkept, nothing is released
  double confidence = 0.95;         // of it
  std::optional<double> out_of_scope_share;
  std::string scope_gate = "auto";
  std::string metric = "accuracy";
  std::string weights = "fp32";  // or "int8": what is released and served, and judged by the gate
};

struct Price {
  std::string meter;  // "classify_tokens", "answer_tokens"
  Money per_thousand;
};

struct Plan {
  std::string name;
  std::int64_t monthly_tokens = 0;  // hard quota
  std::vector<Price> prices;
};

struct Tenant {
  std::string name;
  std::string plan;
};

struct CommercePlan {
  std::vector<Plan> plans;
  std::vector<Tenant> tenants;
};

struct VisitorsPlan {
  std::string file;    // JSONL: visitor, text, lang, intent
  std::string tenant;  // whose key pays
};

struct ImprovePlan {
  std::int64_t corrections_min = 1;  // fewer new corrections: no new round
  // When `yupu rounds` begins one (rounds.h): so many corrections more; minutes of the day. Without either: never.
  std::int64_t after_corrections = 0;
  std::optional<std::int64_t> at = {};
  std::int64_t epochs = 12;  // further training from the live weights
  double lr = 3e-4;
  std::int64_t shadow_calls = 500;     // newest questions that the candidate reads beside the live release; 0: none
  double shadow_changed_max = 1.0;     // share of them decided otherwise above which a candidate is not released
  std::int64_t shadow_live_calls = 0;  // that it reads as they come in before it is released (live_shadow.h); 0: none
};

struct Strategy {
  std::string path;    // the file
  std::string folder;  // its folder; every path in it is relative to this
  std::string name;
  std::int64_t seed = 1;
  DataPlan data;
  TrainPlan train;
  ReleasePlan release;
  ServicePlan service;
  PrivacyPlan privacy;
  std::optional<KnowledgePlan> knowledge;
  CommercePlan commerce;
  std::optional<VisitorsPlan> visitors;
  std::optional<WidgetPlan> widget;            // absent: the bot is not open to the public
  std::vector<ConnectorPlan> connectors = {};  // [[connector]]
  ImprovePlan improve;
  std::optional<MonitorPlan> monitor;
  std::optional<RecommendPlan> recommend;
  bool report = true;

  std::string resolve(const std::string& relative) const;
};

// Errors: kNotFound (no such file), kInvalidArgument (file, line, key).
Result<Strategy> load_strategy(const std::string& path);
// Only [strategy] and [monitor], which must be there: what `yupu monitor` needs. The other tables may be missing, and
// are not read.  Errors: as load_strategy.
Result<Strategy> load_monitor_strategy(const std::string& path);
// The same of [strategy] and [recommend]: what `yupu serve --recommend` needs.
Result<Strategy> load_recommend_strategy(const std::string& path);
// From memory; paths inside are checked only when `check_files`.
Result<Strategy> parse_strategy(std::string_view text, const std::string& path, bool check_files);

}  // namespace yupu::strategy
