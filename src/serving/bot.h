// A product that answers texts by way of a model's scores. The products room implements it; serving carries it: key,
// hold, queue, engine, charge, trace.
//
//   hear(message) -> BotTurn -> [the model reads turn.text()] -> turn.recall(), turn.answer() -> turn.keep(), in the
//   transaction that charges the call -> the answer is sent
//
// Threads: hear() from any number of threads; a turn belongs to one call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "serving/text_model.h"
#include "store/store.h"

namespace yupu::serving {

// What a visitor sends.
struct VisitorMessage {
  std::string tenant_id;
  std::string conversation = {};  // empty: a new one
  std::string text = {};          // empty only with an option
  std::string option = {};        // intent of the button that was tapped; empty: none was
  std::string channel = {};       // empty: the conversation's own
  // What the visitor said before, of a caller who keeps the conversation. REQUIRES: none with `conversation`.
  std::vector<std::string> earlier = {};
  std::string visitor = {};  // the caller's own name of who asks; empty: not told
};

struct BotOption {
  std::string intent;
  std::string title;
};

// A label for the question of an earlier call, by the one who asked it.
struct TraceLabel {
  std::string trace_id;
  std::string intent;
};

// A sentence that `text` quotes: bytes [begin, end) of that version of a document.
struct BotQuote {
  std::string document;
  std::int64_t version = 0;
  std::size_t begin = 0, end = 0;
  std::string title = {};
  std::string date = {};                  // of the document: "2026-11-27"
  double score = 0;                       // how much of the question it covers
  std::optional<std::int64_t> page = {};  // from 1; of a format that has pages
};

struct BotAnswer {
  std::string decision = {};  // "answer", "clarify", "refuse", "handoff"
  std::string text = {};
  std::string intent = {};                // best label, whatever was decided; of a tap or a form, theirs
  std::string lang = {};                  // "zh", "en": of text
  double score = 0;                       // of `intent`
  std::vector<std::string> sources = {};  // of an approved text
  std::vector<BotQuote> quotes = {};      // what a text out of documents is made of, in its order
  std::vector<BotOption> options = {};    // "clarify": what may have been meant
  std::string slot = {};                  // "clarify": the value that is asked for
  std::string conversation = {};          // where the next message goes
  bool began_anew = false;                // the conversation asked for is over: this is another one
  std::optional<TraceLabel> label = {};
  Json notes = Json::object();  // for the trace alone
  Json handover = {};           // of a conversation that waits for a person or is with one: how it stands; else null
};

// One message on its way.
class BotTurn {
 public:
  virtual ~BotTurn() = default;
  // What the model reads.
  virtual const std::string& text() const = 0;
  // The message's `earlier` texts, read by the model: answer() says what it would had it heard them. Before each
  // answer().
  virtual Status recall(const ModelCard& card, std::span<const ScoredText> earlier) = 0;
  // `trace_id`: of this answer. Called again after keep() met a conflict: from where the conversation stands by then.
  virtual Result<BotAnswer> answer(const ModelCard& card, const ScoredText& scored, const std::string& trace_id) = 0;
  // Writes down what was asked and answered. kConflict: another message of the conversation came first.
  virtual Status keep(store::Transaction& transaction) const = 0;
};

class Bot {
 public:
  virtual ~Bot() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& model() const = 0;  // name in the ModelHost
  // Error: kNotFound, field "conversation": none of this tenant's with this bot.
  virtual Result<std::unique_ptr<BotTurn>> hear(VisitorMessage message) const = 0;
  // What GET /v1/models adds for this bot: titles of its intents, questions to begin with.
  virtual Json about() const = 0;
};

}  // namespace yupu::serving
