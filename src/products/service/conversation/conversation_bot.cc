#include "products/service/conversation/conversation_bot.h"

#include <optional>
#include <span>
#include <utility>

#include "base/ids.h"
#include "products/service/agents/briefing.h"
#include "products/service/agents/handover_store.h"
#include "products/service/conversation/conversation_store.h"
#include "text/personal/mask.h"

namespace yupu::products {
namespace {
constexpr std::int64_t kNsPerMinute = 60'000'000'000;
}  // namespace

class ConversationBot::Turn final : public serving::BotTurn {
 public:
  Turn(const ConversationBot& bot, serving::VisitorMessage message) : bot_(bot), message_(std::move(message)) {}

  Status open() {
    YUPU_RETURN_IF_ERROR(read_conversation());
    if (message_.text.empty()) message_.text = bot_.dialogue_->text_of_option(before_.state, message_.option, moment());
    return {};
  }

  const std::string& text() const override { return message_.text; }

  Status recall(const serving::ModelCard& card, std::span<const serving::ScoredText> earlier) override {
    recalled_ = {};
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      Heard heard{.text = message_.earlier[i], .moment = moment()};
      std::optional<Found> found;
      YUPU_RETURN_IF_ERROR(ask_documents(heard, recalled_, card, earlier[i], found));
      bot_.dialogue_->reply(recalled_, heard, card, earlier[i]);
    }
    return {};
  }

  Result<serving::BotAnswer> answer(const serving::ModelCard& card, const serving::ScoredText& scored,
                                    const std::string& trace_id) override {
    if (answered_) YUPU_RETURN_IF_ERROR(read_conversation());
    answered_ = true;
    if (!message_.earlier.empty()) before_.state = recalled_;
    after_ = before_;
    after_.active_ns = bot_.clock_.now_ns();
    if (!message_.visitor.empty()) after_.visitor = message_.visitor;
    Heard heard{.text = message_.text, .option = message_.option, .moment = moment(), .trace_id = trace_id};
    YUPU_RETURN_IF_ERROR(ask_documents(heard, after_.state, card, scored, found_));
    serving::BotAnswer said = bot_.dialogue_->reply(after_.state, heard, card, scored);
    said.conversation = after_.id;
    said.began_anew = !message_.conversation.empty() && message_.conversation != after_.id;
    after_.status = after_.state.waiting ? ConversationStatus::kWaiting : ConversationStatus::kBot;
    // The call in which a person was asked for left a conversation that waits: there is no second one to wait.
    if (recalled_.waiting) after_.status = ConversationStatus::kClosed;
    messages_ = {{"visitor", message_.text, trace_id, after_.active_ns}};
    // Silent: what is said again and again to one who waits is no part of the conversation.
    if (!before_.state.waiting) messages_.push_back({"bot", said.text, trace_id, after_.active_ns});
    if (after_.state.waiting) YUPU_RETURN_IF_ERROR(note_handover(said, scored));
    mask_kept();
    return said;
  }

  Status keep(store::Transaction& transaction) const override {
    YUPU_RETURN_IF_ERROR(keep_turn(transaction, after_, messages_).status());
    if (after_.state.waiting && !before_.state.waiting) {
      YUPU_RETURN_IF_ERROR(queue_conversation(transaction, after_, intent_));
    }
    if (bot_.people_ != nullptr) bot_.people_->note_change(after_);
    return {};
  }

 private:
  void mask_kept() {
    const text::PersonalKinds kinds = bot_.options_.mask;
    if (kinds.empty()) return;
    for (Message& message : messages_) message.text = text::mask_personal_data(message.text, kinds);
    after_.state.offered_text = text::mask_personal_data(after_.state.offered_text, kinds);
    for (auto& [slot, value] : after_.state.told) value = text::mask_personal_data(value, kinds);
  }

  // For the person who takes over, and for the visitor who waits.
  Status note_handover(serving::BotAnswer& said, const serving::ScoredText& scored) {
    intent_ = said.intent == bot_.bot().options().handoff_intent ? std::string() : said.intent;
    Json near = Json::array();
    for (const serving::LabelScore& candidate : scored.ranked) {
      if (near.size() == kNearestKept) break;
      near.push_back({{"intent", candidate.label}, {"score", candidate.score}});
    }
    said.notes["near"] = std::move(near);
    if (bot_.people_ == nullptr) return {};
    YUPU_ASSIGN_OR_RETURN(said.handover, bot_.people_->state_of(after_));
    // A person speaks now.
    if (said.handover.at("state") == "with") said.text.clear();
    return {};
  }

  Moment moment() const {
    return {.now_ns = bot_.clock_.now_ns(), .channel = message_.channel.empty() ? before_.channel : message_.channel};
  }

  // What the documents say does not depend on where the conversation stands: they are asked once, and `found` keeps it.
  Status ask_documents(Heard& heard, const DialogueState& state, const serving::ModelCard& card,
                       const serving::ScoredText& scored, std::optional<Found>& found) {
    if (bot_.knowledge_ == nullptr || !bot_.dialogue_->asks_documents(state, heard, card, scored)) return {};
    if (!found) {
      YUPU_ASSIGN_OR_RETURN(found, bot_.knowledge_->find(message_.tenant_id, heard.text));
    }
    heard.found = found;
    return {};
  }

  // Where the conversation stands; a new one where there is none, or it is over.
  Status read_conversation() {
    const std::int64_t now_ns = bot_.clock_.now_ns();
    if (!message_.conversation.empty()) {
      YUPU_ASSIGN_OR_RETURN(auto found,
                            find_conversation(bot_.store_, message_.tenant_id, bot_.name(), message_.conversation));
      const bool is_anothers =
          found && !message_.visitor.empty() && !found->visitor.empty() && found->visitor != message_.visitor;
      if (!found || is_anothers) return {Code::kNotFound, "no such conversation with this bot", "conversation"};
      const bool idle = now_ns - found->active_ns > bot_.options_.idle_minutes * kNsPerMinute;
      if (!idle && found->status != ConversationStatus::kClosed) {
        before_ = *std::move(found);
        return {};
      }
      if (message_.channel.empty()) message_.channel = found->channel;
      if (message_.visitor.empty()) message_.visitor = found->visitor;
    }
    before_ = Conversation{.id = random_id("cv"),
                           .tenant_id = message_.tenant_id,
                           .bot = bot_.name(),
                           .channel = message_.channel.empty() ? kDefaultChannel : message_.channel,
                           .created_ns = now_ns};
    return {};
  }

  const ConversationBot& bot_;
  serving::VisitorMessage message_;
  Conversation before_ = {};
  Conversation after_ = {};
  DialogueState recalled_ = {};  // after the texts the caller says came before
  std::optional<Found> found_ = {};
  std::vector<Message> messages_;
  std::string intent_;  // for which a person is asked
  bool answered_ = false;
};

Result<std::unique_ptr<serving::BotTurn>> ConversationBot::hear(serving::VisitorMessage message) const {
  auto turn = std::make_unique<Turn>(*this, std::move(message));
  YUPU_RETURN_IF_ERROR(turn->open());
  return std::unique_ptr<serving::BotTurn>(std::move(turn));
}

}  // namespace yupu::products
