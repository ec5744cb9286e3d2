#include "products/service/agents/briefing.h"

#include <algorithm>
#include <map>
#include <utility>

namespace yupu::products {
namespace {

constexpr std::size_t kLastShown = 3;
constexpr std::size_t kSuggestionsMax = 3;

// What a visitor said, and what the model made of it.
struct Said {
  std::string text;
  std::string label;
  Json trace = Json::object();  // its body
};

Result<std::vector<Said>> said_by_visitor(store::Transaction& transaction, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT m.text, t.label, t.body FROM message m LEFT JOIN trace t ON t.trace_id = m.trace_id "
                        "WHERE m.tenant_id = ? AND m.conversation_id = ? AND m.author = 'visitor' ORDER BY m.sequence",
                        {conversation.tenant_id, conversation.id}));
  std::vector<Said> all;
  for (const store::Row& row : rows) {
    Said said{.text = row.text(0), .label = row.is_null(1) ? std::string() : row.text(1)};
    if (!row.is_null(2)) {
      auto body = parse_json(row.text(2));
      if (body.ok() && body->is_object()) said.trace = *std::move(body);
    }
    all.push_back(std::move(said));
  }
  return all;
}

const ApprovedAnswer* answer_to(const Bot* bot, const std::string& intent, const Moment& moment) {
  return bot == nullptr ? nullptr : bot->answers().find(intent, moment);
}

Json intents_of(const std::vector<Said>& all, const Bot* bot, const std::string& lang, const Moment& moment) {
  std::vector<std::pair<std::string, std::int64_t>> counts;  // in the order in which they came up
  for (const Said& said : all) {
    if (said.label.empty()) continue;
    const auto found =
        std::find_if(counts.begin(), counts.end(), [&](const auto& entry) { return entry.first == said.label; });
    if (found == counts.end()) {
      counts.emplace_back(said.label, 1);
    } else {
      ++found->second;
    }
  }
  Json intents = Json::array();
  for (const auto& [intent, count] : counts) {
    const ApprovedAnswer* answer = answer_to(bot, intent, moment);
    intents.push_back(
        {{"intent", intent}, {"title", answer == nullptr ? intent : answer->title(lang)}, {"count", count}});
  }
  return intents;
}

std::string why_handed_over(const std::vector<Said>& all) {
  for (auto said = all.rbegin(); said != all.rend(); ++said) {
    const auto why = said->trace.find("handoff");
    if (why != said->trace.end() && why->is_string()) return why->get<std::string>();
  }
  return {};
}

std::string filled(const AnswerText& text, const SlotValues& told) {
  SlotValues values;
  for (const std::string& slot : text.slots()) {
    const auto value = told.find(slot);
    values[slot] = value == told.end() ? "{" + slot + "}" : value->second;
  }
  return text.fill(values);
}

Json suggestions_to(const std::vector<Said>& all, const Conversation& conversation, const Bot& bot,
                    const Moment& moment) {
  Json suggestions = Json::array();
  if (all.empty()) return suggestions;
  const auto near = all.back().trace.find("near");
  if (near == all.back().trace.end() || !near->is_array()) return suggestions;
  const std::string lang = language_of(all.back().text, conversation.state.lang);
  for (const Json& candidate : *near) {
    if (suggestions.size() == kSuggestionsMax) break;
    const std::string intent = candidate.value("intent", "");
    const ApprovedAnswer* answer = bot.answers().find(intent, moment);
    if (answer == nullptr || intent == bot.options().handoff_intent) continue;
    suggestions.push_back({{"intent", intent},
                           {"title", answer->title(lang)},
                           {"text", filled(answer->text(lang), conversation.state.told)},
                           {"score", candidate.value("score", 0.0)},
                           {"source", answer->answer.source}});
  }
  return suggestions;
}

}  // namespace

Result<Json> briefing(store::Transaction& transaction, const Conversation& conversation, const Bot* bot,
                      const Moment& moment) {
  YUPU_ASSIGN_OR_RETURN(const std::vector<Said> all, said_by_visitor(transaction, conversation));
  const DialogueState& state = conversation.state;
  Json last = Json::array();
  for (std::size_t i = all.size() - std::min(all.size(), kLastShown); i < all.size(); ++i) last.push_back(all[i].text);
  SlotValues slots = state.told;
  if (state.form) slots.insert(state.form->values.begin(), state.form->values.end());
  Json summary{{"first", all.empty() ? std::string() : all.front().text},
               {"last", std::move(last)},
               {"why", why_handed_over(all)},
               {"intents", intents_of(all, bot, state.lang, moment)},
               {"slots", slots},
               {"triggers", state.triggers},
               {"priority", state.priority}};
  Json suggestions = bot == nullptr ? Json::array() : suggestions_to(all, conversation, *bot, moment);
  return Json{{"summary", std::move(summary)}, {"suggestions", std::move(suggestions)}};
}

}  // namespace yupu::products
