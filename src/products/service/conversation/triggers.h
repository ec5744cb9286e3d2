// What tells that a conversation needs a person sooner: anger, or what may not wait ("lawyer", "allergic"). A trigger
// looks for words (how a text holds one: text/phrases/phrases.h), for how it is said, and for what the bot's own model
// takes the text for, where the shop has labelled complaints. However often it is met in a text, it fires once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::products {

struct Trigger {
  std::string name;  // "anger"
  std::vector<std::string> words = {};
  std::int64_t priority = 1;              // added to the conversation's, the first time it fires in it
  std::vector<std::string> intents = {};  // "complaint"
  double score_least = 0.7;               // with which the model must be sure of one of them
  bool shouting = false;                  // is_shouted()
};

// What the model takes a text for.
struct Understood {
  std::string_view intent = {};
  double score = 0;
};

// Those of `triggers` that fire on the text, in their order.
std::vector<const Trigger*> fired(const std::vector<Trigger>& triggers, std::string_view text,
                                  Understood understood = {});

// "!!!", "?!?!", or capitals throughout: 12 ASCII letters at least, nine in ten of them.
bool is_shouted(std::string_view text);

// Without what others have said: between “ ”, " ", 「 」, 『 』, « », and lines that begin with ">". A mark that is not
// closed quotes nothing.
std::string without_quoted(std::string_view text);

// Whether the text is one of these words and nothing else but punctuation: "Cancel!", "取消。".
bool is_one_of(std::string_view text, const std::vector<std::string>& words);

}  // namespace yupu::products
