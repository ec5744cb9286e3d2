// A product that answers texts by way of a model's scores. The products room implements it; serving carries it: key,
// hold, queue, engine, charge, trace. Threads: decide() from any number of threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "serving/text_model.h"

namespace yupu::serving {

struct BotOption {
  std::string intent;
  std::string title;
};

struct BotAnswer {
  std::string decision;  // "answer", "clarify", "refuse", "handoff"
  std::string text;
  std::string intent;  // best label, whatever was decided
  std::string lang;    // "zh", "en": of text
  double score = 0;    // of `intent`
  std::vector<std::string> sources;
  std::vector<BotOption> options;  // "clarify": what may have been meant
};

class Bot {
 public:
  virtual ~Bot() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& model() const = 0;  // name in the ModelHost
  virtual BotAnswer decide(std::string_view text, const ModelCard& card, const ScoredText& scored) const = 0;
  // What GET /v1/models adds for this bot: titles of its intents, questions to begin with.
  virtual Json about() const = 0;
};

}  // namespace yupu::serving
