// What a paid route adds to the way every paid call takes (service.h): which model reads which texts, and what the
// scores mean. Internal to service*.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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

using EngineRows = std::vector<std::vector<float>>;

// The rows of a model of labels, read.
std::vector<ScoredText> scored_rows(const LoadedModel& model, const EngineRows& rows);

// kNotFound for a model nobody has.
Status no_such_model(const std::string& name);

struct Service::Decided {
  OrderedJson body = {};  // of the answer
  std::vector<TraceRow> traces = {};
  std::string subject = {};  // what the answer is about, and its stored copy is deleted with: a conversation
  // What else is written in the transaction that charges. kConflict: decided from what is no more; decide again.
  store::Work keep = {};
};

struct Service::PaidCall {
  std::string route;
  std::string meter;
  std::string product;  // what the usage event names: the model, or the bot
  std::string model;
  std::vector<std::string> texts;
  std::optional<std::string> query = {};             // read with each of the texts, in front of it
  ModelCard::Kind gives = ModelCard::Kind::kScores;  // what the route makes something of
  std::optional<std::int64_t> width = {};            // of the vectors the caller expects
  std::string on_behalf = {};  // of this visitor: the Idempotency-Keys of one are not those of another
  // One row of the model per text; usage goes into the body.
  std::function<Result<Decided>(const LoadedModel& model, const EngineRows& rows, std::int64_t tokens)> decide;
};

}  // namespace yupu::serving
