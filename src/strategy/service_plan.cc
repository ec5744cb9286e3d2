#include "strategy/service_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "products/service/conversation/entity_model.h"
#include "strategy/service_reader.h"
#include "strategy/strategy.h"
#include "strategy/time_of_day.h"
#include "text/phrases/phrases.h"

namespace yupu::strategy {
namespace {

Status read_trigger(const toml::table& table, const std::string& file, products::DialogueOptions& dialogue) {
  products::Trigger trigger;
  TomlReader reader(table, file, fmt::format("service.trigger[{}]", dialogue.triggers.size()));
  reader.text("name", trigger.name, true);
  reader.texts("words", trigger.words);
  reader.integer("priority", trigger.priority, 1, 1000);
  reader.texts("intents", trigger.intents);
  reader.number("score_least", trigger.score_least, 0, 1);
  reader.boolean("shouting", trigger.shouting);
  if (trigger.words.empty() && trigger.intents.empty() && !trigger.shouting)
    reader.fail("words", "must hold at least one word, where there are neither `intents` nor `shouting`");
  if (reader.has("score_least") && trigger.intents.empty()) reader.fail("score_least", "is of `intents`: name some");
  for (const std::string& word : trigger.words) {
    if (text::fold_phrase(word).empty()) reader.fail("words", "holds an empty word: it would fire on every text");
  }
  for (const products::Trigger& other : dialogue.triggers) {
    if (other.name == trigger.name)
      reader.fail("name", fmt::format("\"{}\" is another trigger's already", trigger.name));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  dialogue.triggers.push_back(std::move(trigger));
  return ok_status();
}

Status read_form(const toml::table& table, const std::string& file, products::FormRules& rules) {
  TomlReader reader(table, file, "service.form");
  reader.integer("tries_max", rules.tries_max, 1, 10);
  reader.text("again_zh", rules.again_zh);
  reader.text("again_en", rules.again_en);
  reader.texts("yes_words", rules.yes_words);
  reader.texts("no_words", rules.no_words);
  reader.texts("change_words", rules.change_words);
  return reader.finish();
}

void read_expected(TomlReader& reader, std::string_view key, std::optional<std::string>& out) {
  if (!reader.has(key)) return reader.known(key);
  std::string value;
  reader.text(key, value);
  out = value;
}

// values = { order_number = "GH12345678" }
Status read_values(const toml::table* table, const std::string& file, const std::string& prefix,
                   products::SlotValues& values) {
  if (table == nullptr) return ok_status();
  TomlReader reader(*table, file, prefix);
  for (const auto& [key, node] : *table) reader.text(key.str(), values[std::string(key.str())]);
  return reader.finish();
}

Status read_turn(const toml::table& table, const std::string& file, const std::string& prefix,
                 const products::DialogueOptions& dialogue, products::Script& script) {
  products::ScriptTurn turn;
  TomlReader reader(table, file, fmt::format("{}.turn[{}]", prefix, script.turns.size()));
  reader.text("say", turn.say);
  reader.text("tap", turn.tap);
  if (turn.say.empty() && turn.tap.empty()) reader.fail("say", "is missing: what is said, or `tap` for a button");
  const toml::table* expect = reader.table("expect", true);
  turn.where = fmt::format("{}: line {}", file, table.source().begin.line);
  YUPU_RETURN_IF_ERROR(reader.finish());
  TomlReader wanted(*expect, file, reader.dotted("expect"));
  std::string decision;
  if (wanted.has("decision")) {
    wanted.one_of("decision", decision, {"answer", "clarify", "refuse", "handoff"});
    turn.decision = decision;
  }
  wanted.known("decision");
  read_expected(wanted, "intent", turn.intent);
  read_expected(wanted, "slot", turn.slot);
  read_expected(wanted, "contains", turn.contains);
  read_expected(wanted, "source", turn.source);
  read_expected(wanted, "text", turn.text);
  read_expected(wanted, "trigger", turn.trigger);
  if (turn.trigger && std::none_of(dialogue.triggers.begin(), dialogue.triggers.end(),
                                   [&](const products::Trigger& known) { return known.name == *turn.trigger; }))
    wanted.fail("trigger", fmt::format("\"{}\" is none of the triggers", *turn.trigger));
  const toml::table* values = wanted.table("values");
  if (expect->empty())
    wanted.fail("decision",
                "is missing: expect at least one of decision, intent, slot, contains, text, source, "
                "trigger, values");
  YUPU_RETURN_IF_ERROR(wanted.finish());
  YUPU_RETURN_IF_ERROR(read_values(values, file, wanted.dotted("values"), turn.values));
  script.turns.push_back(std::move(turn));
  return ok_status();
}

Status read_test(const toml::table& table, const std::string& file, ServicePlan& service) {
  products::Script script{.channel = products::kDefaultChannel};
  const std::string prefix = fmt::format("service.test[{}]", service.tests.size());
  TomlReader reader(table, file, prefix);
  reader.text("name", script.name, true);
  reader.text("channel", script.channel);
  const auto turns = reader.tables("turn", true);
  for (const products::Script& other : service.tests) {
    if (other.name == script.name) reader.fail("name", fmt::format("\"{}\" is another test's already", script.name));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  for (const toml::table* turn : turns) YUPU_RETURN_IF_ERROR(read_turn(*turn, file, prefix, service.dialogue, script));
  service.tests.push_back(std::move(script));
  return ok_status();
}

void read_desk(TomlReader& reader, products::DeskOptions& desk) {
  constexpr std::int64_t kMsPerSecond = 1000;
  std::int64_t requeue_after_s = desk.requeue_after_ms / kMsPerSecond;
  reader.integer("requeue_after_s", requeue_after_s, 1, products::kRequeueSecondsMax);
  desk.requeue_after_ms = requeue_after_s * kMsPerSecond;
}

void read_dialogue(TomlReader& reader, ServicePlan& service) {
  products::DialogueOptions& dialogue = service.dialogue;
  reader.integer("unsure_max", dialogue.unsure_max, 0, 10);
  reader.integer("keep_days", service.keep_days, 1, 36'500);
  reader.integer("idle_minutes", service.conversation.idle_minutes, 1, products::kIdleMinutesMax);
  reader.texts("cancel_words", dialogue.cancel_words);
  reader.text("cancelled_zh", dialogue.cancelled_zh);
  reader.text("cancelled_en", dialogue.cancelled_en);
  reader.text("stale_zh", dialogue.stale_zh);
  reader.text("stale_en", dialogue.stale_en);
  reader.text("nothing_open_zh", dialogue.nothing_open_zh);
  reader.text("nothing_open_en", dialogue.nothing_open_en);
  std::string offset;
  reader.text("utc_offset", offset);
  if (!reader.has("utc_offset")) return;
  const auto minutes = products::parse_utc_offset(offset);
  if (!minutes) return reader.fail("utc_offset", fmt::format("must be like \"+08:00\" or \"Z\", not \"{}\"", offset));
  dialogue.utc_offset_minutes = *minutes;
}

// Who reads the book's slots of kind entity; an empty function where there are none.
Result<products::EntityReader> entity_reader(const Strategy& strategy, const products::AnswerBook& book) {
  const ServicePlan& plan = strategy.service;
  std::shared_ptr<products::EntityModel> model;
  for (const products::Slot& slot : book.slots) {
    if (slot.kind != products::SlotKind::kEntity) continue;
    if (plan.entities.empty())
      return invalid_argument(fmt::format("{}: slot '{}' is of kind entity, and {} has no service.entities, the model "
                                          "that finds them",
                                          plan.answers, slot.name, strategy.path),
                              "service.entities");
    if (model == nullptr) {
      YUPU_ASSIGN_OR_RETURN(model, products::EntityModel::load(strategy.resolve(plan.entities)));
    }
    if (!model->knows(slot.entity))
      return invalid_argument(fmt::format("{}: slot '{}': the model {} knows no entity '{}'", plan.answers, slot.name,
                                          plan.entities, slot.entity),
                              "slot.entity");
  }
  if (model == nullptr) return products::EntityReader();
  return products::EntityReader([model](const std::string& text) { return model->read(text); });
}

}  // namespace

Status read_service(const toml::table& table, Strategy& strategy, bool check_files) {
  ServicePlan& service = strategy.service;
  TomlReader reader(table, strategy.path, "service");
  service.bot = strategy.name;
  reader.text("bot", service.bot);
  reader.text("answers", service.answers, true);
  reader.text("entities", service.entities);
  reader.text("refuse_zh", service.refuse_zh);
  reader.text("refuse_en", service.refuse_en);
  reader.text("clarify_zh", service.clarify_zh);
  reader.text("clarify_en", service.clarify_en);
  reader.text("handoff_zh", service.handoff_zh);
  reader.text("handoff_en", service.handoff_en);
  reader.text("handoff_intent", service.handoff_intent);
  reader.integer("demo_requests_per_minute", service.demo_requests_per_minute, 1, 1000000);
  read_dialogue(reader, service);
  read_desk(reader, service.desk);
  const toml::table* form = reader.table("form");
  const auto triggers = reader.tables("trigger");
  const auto tests = reader.tables("test");
  const auto notify = reader.tables("notify");
  read_console_url(reader, service.notify);
  read_time_of_day(reader, "tests_at", service.tests_at);
  if (service.tests_at && tests.empty()) reader.fail("tests_at", "there is no [[service.test]] to play");
  if (check_files && !service.answers.empty() && !file_exists(strategy.resolve(service.answers)))
    reader.fail("answers", fmt::format("there is no file {}", strategy.resolve(service.answers)));
  if (check_files && !service.entities.empty() && !file_exists(strategy.resolve(service.entities)))
    reader.fail("entities", fmt::format("there is no model {}", strategy.resolve(service.entities)));
  YUPU_RETURN_IF_ERROR(reader.finish());
  if (form != nullptr) YUPU_RETURN_IF_ERROR(read_form(*form, strategy.path, service.dialogue.form));
  for (const toml::table* trigger : triggers)
    YUPU_RETURN_IF_ERROR(read_trigger(*trigger, strategy.path, service.dialogue));
  for (const toml::table* test : tests) YUPU_RETURN_IF_ERROR(read_test(*test, strategy.path, service));
  for (const toml::table* route : notify) YUPU_RETURN_IF_ERROR(read_notify(*route, strategy));
  return ok_status();
}

Result<std::unique_ptr<products::Dialogue>> make_dialogue(const Strategy& strategy, products::AnswerBook book) {
  const ServicePlan& plan = strategy.service;
  products::BotOptions options;
  options.name = plan.bot;
  options.model = strategy.name;
  options.handoff_intent = plan.handoff_intent;
  options.refuse_zh = plan.refuse_zh;
  options.refuse_en = plan.refuse_en;
  options.clarify_zh = plan.clarify_zh;
  options.clarify_en = plan.clarify_en;
  options.handoff_zh = plan.handoff_zh;
  options.handoff_en = plan.handoff_en;
  products::DialogueOptions dialogue = plan.dialogue;
  YUPU_ASSIGN_OR_RETURN(dialogue.entities, entity_reader(strategy, book));
  return products::Dialogue::create(std::move(options), std::move(dialogue), std::move(book));
}

}  // namespace yupu::strategy
