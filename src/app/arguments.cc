#include "app/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/edit_distance.h"

namespace yupu::app {

Arguments::Arguments(std::vector<std::string> tokens) {
  bool words_only = false;
  for (std::string& token : tokens) {
    if (!words_only && token == "--") {
      words_only = true;
      continue;
    }
    const std::size_t equals = token.find('=');
    if (!words_only && token.starts_with("--") && equals != std::string::npos) {
      tokens_.push_back({token.substr(0, equals), false, false});
      tokens_.push_back({token.substr(equals + 1), false, true});
      continue;
    }
    tokens_.push_back({std::move(token), false, words_only});
  }
}

void Arguments::fail(std::string message, std::string_view field) {
  if (error_.ok()) error_ = invalid_argument(std::move(message), std::string(field));
}

Result<std::string> Arguments::verb(std::initializer_list<std::string_view> choices) {
  const auto first = std::find_if(tokens_.begin(), tokens_.end(), [](const Token& token) { return !token.used; });
  if (first != tokens_.end() && std::find(choices.begin(), choices.end(), first->text) != choices.end()) {
    first->used = true;
    return first->text;
  }
  return invalid_argument(
      fmt::format("say what to do: one of {}{}", fmt::join(choices, ", "),
                  first == tokens_.end() ? std::string() : fmt::format(" (not '{}')", first->text)));
}

bool Arguments::flag(std::string_view name) {
  known_.emplace_back(name);
  bool found = false;
  for (Token& token : tokens_) {
    if (!token.used && !token.word && token.text == name) found = token.used = true;
  }
  return found;
}

bool Arguments::take(std::string_view name, std::string& value) {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    Token& token = tokens_[i];
    if (token.used || token.word || token.text != name) continue;
    token.used = true;
    if (i + 1 >= tokens_.size() || tokens_[i + 1].used ||
        (!tokens_[i + 1].word && tokens_[i + 1].text.starts_with("--"))) {
      fail(fmt::format("{} needs a value", name), name);
      return false;
    }
    tokens_[i + 1].used = true;
    value = tokens_[i + 1].text;
    return true;
  }
  return false;
}

std::string Arguments::text(std::string_view name, std::string fallback) {
  known_.emplace_back(name);
  std::string value;
  if (!take(name, value)) return fallback;
  std::string again;
  if (take(name, again)) fail(fmt::format("{} is given twice", name), name);
  return value;
}

std::string Arguments::required_text(std::string_view name) {
  std::string value = text(name);
  if (value.empty()) fail(fmt::format("{} is missing", name), name);
  return value;
}

std::string Arguments::one_of(std::string_view name, std::string fallback,
                              std::initializer_list<std::string_view> choices) {
  std::string value = text(name, std::move(fallback));
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail(fmt::format("{} must be one of {}, not '{}'", name, fmt::join(choices, ", "), value), name);
  }
  return value;
}

std::vector<std::string> Arguments::many(std::string_view name) {
  known_.emplace_back(name);
  std::vector<std::string> values;
  std::string value;
  while (take(name, value)) values.push_back(value);
  return values;
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const std::string value = text(name);
  if (value.empty()) return fallback;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most) {
    fail(fmt::format("{} must be a whole number from {} to {}, not '{}'", name, least, most, value), name);
    return fallback;
  }
  return number;
}

double Arguments::number(std::string_view name, double fallback, double least, double most) {
  const std::string value = text(name);
  if (value.empty()) return fallback;
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !(number >= least && number <= most)) {
    fail(fmt::format("{} must be a number from {} to {}, not '{}'", name, least, most, value), name);
    return fallback;
  }
  return number;
}

Result<std::vector<std::string>> Arguments::finish(std::size_t words_least, std::size_t words_most,
                                                   std::string_view what) {
  if (!error_.ok()) return error_;
  std::vector<std::string> words;
  for (const Token& token : tokens_) {
    if (token.used) continue;
    if (!token.word && token.text.size() > 1 && token.text.starts_with("-")) {
      std::string advice;
      for (const std::string& known : known_) {
        if (edit_distance(known, token.text) <= 2) advice = fmt::format("; did you mean {}?", known);
      }
      return invalid_argument(fmt::format("unknown flag {}{}", token.text, advice), token.text);
    }
    words.push_back(token.text);
  }
  if (words.size() < words_least) return invalid_argument(fmt::format("the {} is missing", what));
  if (words.size() > words_most)
    return invalid_argument(fmt::format("'{}' is one {} too many", words[words_most], what));
  return words;
}

}  // namespace yupu::app
