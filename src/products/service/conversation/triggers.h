// Words that tell that a conversation needs a person sooner: anger, or what may not wait ("lawyer", "allergic").
//
// How a text holds a word: text/phrases/phrases.h. However often its words stand in a text, a trigger fires once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::products {

struct Trigger {
  std::string name;  // "anger"
  std::vector<std::string> words;
  std::int64_t priority = 1;  // added to the conversation's, the first time it fires in it
};

// Those of `triggers` that fire on the text, in their order.
std::vector<const Trigger*> fired(const std::vector<Trigger>& triggers, std::string_view text);

// Whether the text is one of these words and nothing else but punctuation: "Cancel!", "取消。".
bool is_one_of(std::string_view text, const std::vector<std::string>& words);

}  // namespace yupu::products
