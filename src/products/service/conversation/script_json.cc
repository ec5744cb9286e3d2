#include "products/service/conversation/script_json.h"

#include <string>
#include <utility>

namespace yupu::products {
namespace {

Json expectations(const ScriptTurn& turn) {
  Json expect = Json::object();
  const std::pair<const char*, const std::optional<std::string>*> members[] = {
      {"decision", &turn.decision}, {"intent", &turn.intent}, {"slot", &turn.slot},      {"contains", &turn.contains},
      {"source", &turn.source},     {"text", &turn.text},     {"trigger", &turn.trigger}};
  for (const auto& [name, wanted] : members) {
    if (*wanted) expect[name] = **wanted;
  }
  for (const auto& [slot, value] : turn.values) expect["values." + slot] = value;
  return expect;
}

}  // namespace

Json scripts_json(std::span<const Script> scripts) {
  Json rows = Json::array();
  for (const Script& script : scripts) {
    Json turns = Json::array();
    for (const ScriptTurn& turn : script.turns) {
      turns.push_back({{"say", turn.say}, {"tap", turn.tap}, {"expect", expectations(turn)}});
    }
    rows.push_back({{"name", script.name}, {"channel", script.channel}, {"turns", std::move(turns)}});
  }
  return rows;
}

}  // namespace yupu::products
