#include "products/service/conversation/script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace yupu::products {
namespace {

// Each once.
std::vector<std::string> sources_of(const serving::BotAnswer& said) {
  std::vector<std::string> sources = said.sources;
  for (const serving::BotQuote& quote : said.quotes) {
    if (!contains(sources, quote.document)) sources.push_back(quote.document);
  }
  return sources;
}

// What a slot has, in the form that is open or from one before.
std::string value_of(const DialogueState& state, const std::string& slot) {
  if (state.form) {
    const auto found = state.form->values.find(slot);
    if (found != state.form->values.end()) return found->second;
  }
  const auto told = state.told.find(slot);
  return told == state.told.end() ? std::string() : told->second;
}

std::vector<std::string> triggers_of(const serving::BotAnswer& said) {
  const auto found = said.notes.find("triggers");
  return found == said.notes.end() ? std::vector<std::string>() : found->get<std::vector<std::string>>();
}

std::vector<ScriptFailure::Difference> compare(const ScriptTurn& turn, const serving::BotAnswer& said,
                                               const DialogueState& state) {
  std::vector<ScriptFailure::Difference> differences;
  const auto equal = [&](std::string_view what, const std::optional<std::string>& expected, const std::string& got) {
    if (expected && *expected != got) differences.push_back({std::string(what), *expected, got});
  };
  equal("decision", turn.decision, said.decision);
  equal("intent", turn.intent, said.intent);
  equal("slot", turn.slot, said.slot);
  equal("text", turn.text, said.text);
  for (const auto& [slot, value] : turn.values) equal("values." + slot, value, value_of(state, slot));
  if (turn.trigger) {
    const std::vector<std::string> triggers = triggers_of(said);
    if (!contains(triggers, *turn.trigger))
      differences.push_back({"trigger", *turn.trigger, fmt::format("{}", fmt::join(triggers, ", "))});
  }
  if (turn.contains && said.text.find(*turn.contains) == std::string::npos)
    differences.push_back({"text", "... " + *turn.contains + " ...", said.text});
  if (turn.source) {
    const std::vector<std::string> sources = sources_of(said);
    if (!contains(sources, *turn.source))
      differences.push_back({"source", *turn.source, fmt::format("{}", fmt::join(sources, ", "))});
  }
  return differences;
}

}  // namespace

Json ScriptFailure::to_json() const {
  Json list = Json::array();
  for (const Difference& difference : differences) {
    list.push_back({{"what", difference.what}, {"expected", difference.expected}, {"got", difference.got}});
  }
  return {{"test", script}, {"turn", turn}, {"where", where}, {"said", said}, {"differences", std::move(list)}};
}

std::string ScriptFailure::to_text() const {
  std::string text = fmt::format("test \"{}\", turn {} ({}): \"{}\"", script, turn, where, said);
  for (const Difference& difference : differences) {
    text +=
        fmt::format("\n  - {}: {}\n  + {}: {}", difference.what, difference.expected, difference.what, difference.got);
  }
  return text;
}

Json ScriptReport::to_json() const {
  Json list = Json::array();
  for (const ScriptFailure& failure : failures) list.push_back(failure.to_json());
  return {{"tests", script_count}, {"turns", turn_count}, {"failed", failures.size()}, {"failures", std::move(list)}};
}

std::string ScriptReport::to_text() const {
  std::string text = fmt::format("{} conversation tests, {} failed", script_count, failures.size());
  for (const ScriptFailure& failure : failures) text += "\n" + failure.to_text();
  return text;
}

Result<ScriptReport> run_scripts(const Dialogue& dialogue, std::span<const Script> scripts,
                                 const serving::ModelCard& card, const Scorer& scorer, std::int64_t now_ns,
                                 const Finder& finder) {
  ScriptReport report;
  for (const Script& script : scripts) {
    ++report.script_count;
    DialogueState state;
    const Moment moment{.now_ns = now_ns, .channel = script.channel};
    for (std::size_t i = 0; i < script.turns.size(); ++i) {
      const ScriptTurn& turn = script.turns[i];
      Heard heard{.text = turn.say, .option = turn.tap, .moment = moment, .trace_id = fmt::format("turn {}", i + 1)};
      if (heard.text.empty()) heard.text = dialogue.text_of_option(state, turn.tap, moment);
      YUPU_ASSIGN_OR_RETURN(const serving::ScoredText scored, scorer(heard.text));
      if (finder && dialogue.asks_documents(state, heard, card, scored)) {
        YUPU_ASSIGN_OR_RETURN(heard.found, finder(heard.text));
      }
      const serving::BotAnswer said = dialogue.reply(state, heard, card, scored);
      ++report.turn_count;
      auto differences = compare(turn, said, state);
      if (differences.empty()) continue;
      report.failures.push_back(
          {script.name, i + 1, turn.where, turn.say.empty() ? "[" + turn.tap + "]" : turn.say, std::move(differences)});
      break;
    }
  }
  return report;
}

}  // namespace yupu::products
