// Tests of a conversation, written by the shop: what is said, and what must come of it. Run on a model before it is
// released: an answer that has changed is found before a visitor finds it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/dialogue.h"

namespace yupu::products {

struct ScriptTurn {
  std::string say = {};
  std::string tap = {};  // intent of a button; with `say` or without
  std::optional<std::string> decision = {};
  std::optional<std::string> intent = {};
  std::optional<std::string> slot = {};
  std::optional<std::string> contains = {};  // in the text of the answer
  std::optional<std::string> source = {};    // of the approved text, or a document it is made of
  std::optional<std::string> text = {};      // the whole of it
  std::optional<std::string> trigger = {};   // that fired on what was said
  SlotValues values = {};                    // that slots have by then
  std::string where = {};                    // "strategy.toml: line 80"
};

struct Script {
  std::string name = {};
  std::string channel = {};
  std::vector<ScriptTurn> turns = {};
};

struct ScriptFailure {
  struct Difference {
    std::string what;  // "decision", "intent", "slot", "text", "source", "trigger", "values.order"
    std::string expected;
    std::string got;
  };
  std::string script;
  std::size_t turn = 0;  // from 1
  std::string where;
  std::string said;
  std::vector<Difference> differences;
  Json to_json() const;
  std::string to_text() const;  // several lines: "- expected", "+ got"
};

struct ScriptReport {
  std::int64_t script_count = 0;
  std::int64_t turn_count = 0;  // that were played
  std::vector<ScriptFailure> failures = {};
  Json to_json() const;
  std::string to_text() const;
};

// What documents say to a text; empty function: there are none.
using Finder = std::function<Result<Found>(const std::string& text)>;
using Scorer = std::function<Result<serving::ScoredText>(const std::string& text)>;

// Each script is a conversation of its own; its first turn that differs ends it. Errors: the scorer's, the finder's.
Result<ScriptReport> run_scripts(const Dialogue& dialogue, std::span<const Script> scripts,
                                 const serving::ModelCard& card, const Scorer& scorer, std::int64_t now_ns,
                                 const Finder& finder = {});

}  // namespace yupu::products
