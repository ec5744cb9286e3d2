// What a paid route adds to the way every paid call takes (service.h): which model reads which texts, and what the
// scores mean. Internal to service*.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "serving/service.h"

namespace yupu::serving {

// Table `trace`, but for what every row of a call shares.
struct TraceRow {
  std::string trace_id;
  std::string text;
  std::string decision;
  std::string label;
  double score = 0;
  Json body;
};

struct Service::Decided {
  OrderedJson body;  // of the answer
  std::vector<TraceRow> traces;
};

struct Service::PaidCall {
  std::string route;
  std::string meter;
  std::string product;  // what the usage event names: the model, or the bot
  std::string model;
  std::vector<std::string> texts;
  // One ranked list per text.
  std::function<Decided(const LoadedModel& model, const std::vector<std::vector<LabelScore>>& ranked)> decide;
};

}  // namespace yupu::serving
