#include "products/service/conversation/state.h"

namespace yupu::products {

Json DialogueState::to_json() const {
  Json json{{"lang", lang},
            {"unsure", unsure_count},
            {"offered", offered},
            {"offered_trace", offered_trace},
            {"offered_text", offered_text},
            {"triggers", triggers},
            {"priority", priority},
            {"waiting", waiting},
            {"told", told}};
  if (form) {
    json["form"] = {{"intent", form->intent},         {"lang", form->lang},           {"score", form->score},
                    {"values", form->values},         {"confirmed", form->confirmed}, {"slot", form->slot},
                    {"confirming", form->confirming}, {"tries", form->tries_count}};
  }
  return json;
}

Result<DialogueState> DialogueState::from_json(const Json& json) {
  try {
    DialogueState state;
    state.lang = json.at("lang").get<std::string>();
    state.unsure_count = json.at("unsure").get<std::int64_t>();
    state.offered = json.at("offered").get<std::vector<std::string>>();
    state.offered_trace = json.at("offered_trace").get<std::string>();
    state.offered_text = json.at("offered_text").get<std::string>();
    state.triggers = json.at("triggers").get<std::vector<std::string>>();
    state.priority = json.at("priority").get<std::int64_t>();
    state.waiting = json.at("waiting").get<bool>();
    const Json told = json.value("told", Json::object());  // states of before there were people have none
    for (const auto& [name, value] : told.items()) state.told[name] = value.get<std::string>();
    if (const auto found = json.find("form"); found != json.end()) {
      Form form{.intent = found->at("intent").get<std::string>(), .lang = found->at("lang").get<std::string>()};
      form.score = found->at("score").get<double>();
      for (const auto& [name, value] : found->at("values").items()) form.values[name] = value.get<std::string>();
      form.confirmed = found->at("confirmed").get<std::vector<std::string>>();
      form.slot = found->at("slot").get<std::string>();
      form.confirming = found->at("confirming").get<bool>();
      form.tries_count = found->at("tries").get<std::int64_t>();
      state.form = std::move(form);
    }
    return state;
  } catch (const Json::exception& error) {
    return internal_error(std::string("the state of a conversation is unreadable: ") + error.what());
  }
}

}  // namespace yupu::products
