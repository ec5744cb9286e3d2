// POST /v1/answer: a visitor's message, the bot's answer; and the way of every route that asks a bot.
#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/ids.h"
#include "serving/bot_call.h"
#include "serving/paid_call.h"
#include "serving/shadow.h"

namespace yupu::serving {
namespace {

constexpr std::string_view kTapped = "the visitor tapped it";

OrderedJson answer_json(const BotAnswer& said, const std::string& trace_id, const std::string& bot,
                        const std::string& release_id) {
  OrderedJson json{{"decision", said.decision},
                   {"text", said.text},
                   {"score", said.score},
                   {"intent", said.intent},
                   {"lang", said.lang},
                   {"sources", said.sources},
                   {"options", OrderedJson::array()},
                   {"trace_id", trace_id},
                   {"bot", bot},
                   {"release_id", release_id},
                   {"conversation", said.conversation}};
  for (const BotQuote& quote : said.quotes) {
    json["sources"].push_back({{"document", quote.document},
                               {"version", quote.version},
                               {"begin", quote.begin},
                               {"end", quote.end},
                               {"title", quote.title},
                               {"date", quote.date},
                               {"score", quote.score}});
    if (quote.page) json["sources"].back()["page"] = *quote.page;
  }
  for (const BotOption& option : said.options) {
    json["options"].push_back({{"intent", option.intent}, {"title", option.title}});
  }
  if (said.began_anew) json["began_anew"] = true;
  if (!said.slot.empty()) json["slot"] = said.slot;
  if (!said.handover.is_null()) json["handover"] = OrderedJson(said.handover);
  return json;
}

}  // namespace

http::Response Service::answer(const http::Request& request) {
  const Access access = admit(request, "inference", true, true);
  if (!access.caller) return access.refusal;
  return answer_for(request, access);
}

http::Response Service::answer_as(const http::Request& request, const handoff::Caller& caller) {
  return answer_for(request, {.caller = caller, .refusal = {}, .by_key = true});
}

http::Response Service::answer_for(const http::Request& request, const Access& access) {
  Result<AnswerBody> parsed = parse_answer(request.body, options_.limits);
  if (!parsed.ok()) return failed(request, parsed.status());
  AnswerBody& body = *parsed;
  const auto shape = [](OrderedJson answer, std::int64_t tokens) {
    answer["usage"] = {{"tokens", tokens}};
    return answer;
  };
  return ask_bot(request, access,
                 {.route = "/v1/answer",
                  .bot = std::move(body.bot),
                  .bot_field = "bot",
                  .message = {.tenant_id = {},
                              .conversation = std::move(body.conversation),
                              .text = std::move(body.text),
                              .option = std::move(body.option),
                              .channel = std::move(body.channel),
                              .visitor = std::move(body.visitor)},
                  .shape = shape});
}

http::Response Service::ask_bot(const http::Request& request, const Access& access, BotCall call) {
  if (access.visitor && access.visitor->bot != call.bot)
    return failed(request, Status(Code::kPermissionDenied, "this visitor's token is for another bot", call.bot_field));
  const auto found = bots_.find(call.bot);
  if (found == bots_.end()) {
    return failed(request,
                  Status(Code::kNotFound, "no bot '" + call.bot + "'; GET /v1/models lists them", call.bot_field));
  }
  const Bot& bot = *found->second;
  const std::string& tenant_id = access.caller->tenant_id;
  if (const Status theirs = check_conversation(access, call.message.conversation); !theirs.ok()) {
    return failed(request, theirs);
  }
  call.message.tenant_id = tenant_id;
  if (access.visitor) call.message.visitor = access.visitor->id;  // what they say of themselves counts for nothing
  std::vector<std::string> texts = call.message.earlier;
  const bool is_tap = !call.message.option.empty();  // then it is not the model that decides
  const Result<std::unique_ptr<BotTurn>> heard = bot.hear(std::move(call.message));
  if (!heard.ok()) {
    const Status& why = heard.status();
    return failed(request, Status(why.code(), why.message(), why.field().empty() ? "" : call.where + why.field()));
  }
  BotTurn& turn = **heard;
  texts.push_back(turn.text());
  Shadow* const shadow = is_tap || turn.text().empty() ? nullptr : shadow_.load();
  std::optional<Shadow::Call> beside;

  const auto decide = [&](const LoadedModel& model, const EngineRows& rows, std::int64_t tokens) -> Result<Decided> {
    const ModelCard& card = model.model->card();
    const std::string trace_id = random_id("tr");
    const std::vector<ScoredText> scored = scored_rows(model, rows);
    YUPU_RETURN_IF_ERROR(turn.recall(card, std::span<const ScoredText>(scored).first(scored.size() - 1)));
    YUPU_ASSIGN_OR_RETURN(const BotAnswer said, turn.answer(card, scored.back(), trace_id));
    if (shadow != nullptr && shadow->is_reading(model.name)) {
      beside = Shadow::Call{.tenant_id = tenant_id,
                            .trace_id = trace_id,
                            .release_id = model.release_id,
                            .text = turn.text(),
                            .live = verdict_of(card, scored.back())};
    }
    Decided decided;
    OrderedJson answer = answer_json(said, trace_id, bot.name(), model.release_id);
    Json kept(answer);
    kept["request_id"] = request.request_id;
    for (const auto& [key, value] : said.notes.items()) kept[key] = value;
    decided.traces.push_back({.trace_id = trace_id,
                              .text = turn.text(),
                              .decision = said.decision,
                              .label = said.intent,
                              .score = said.score,
                              .body = std::move(kept)});
    decided.body = call.shape(std::move(answer), tokens);
    decided.subject = said.conversation;
    decided.keep = [this, &turn, &card, &access, &tenant_id, conversation = said.conversation,
                    label = said.label](store::Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR(turn.keep(transaction));
      if (access.visitor) YUPU_RETURN_IF_ERROR(own_conversation(transaction, *access.visitor, conversation));
      // A label the model has unlearned since is not worth failing the answer for.
      const bool known = label && std::count(card.labels.begin(), card.labels.end(), label->intent) > 0;
      if (!known || !hooks_.label) return {};
      handoff::Feedback feedback;
      feedback.tenant_id = tenant_id;
      feedback.trace_id = label->trace_id;
      feedback.correction = label->intent;
      feedback.reason = kTapped;
      const Status filed = hooks_.label(transaction, std::move(feedback), card.labels);
      return filed.code() == Code::kNotFound ? ok_status() : filed;  // the question was deleted meanwhile
    };
    return decided;
  };
  const Result<http::Response> response = paid_call(request, *access.caller,
                                                    {.route = call.route,
                                                     .meter = "answer_tokens",
                                                     .product = bot.name(),
                                                     .model = bot.model(),
                                                     .texts = std::move(texts),
                                                     .on_behalf = access.visitor ? access.visitor->id : "",
                                                     .decide = decide});
  if (response.ok() && beside) shadow->offer(*std::move(beside));
  return answered(request, access, response);
}

}  // namespace yupu::serving
