// Command-line words, read by name.  `--flag value`, `--flag=value`, `--switch`, words; `--` ends the flags.
// A command reads every flag it knows, then asks finish(): what is left over is an unknown flag or a superfluous word,
// and every error names the flag. Threads: one owner.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::app {

class Arguments {
 public:
  explicit Arguments(std::vector<std::string> tokens);

  // The first word, which must be one of `choices`: "import" of `yupu data import`. Call first.
  Result<std::string> verb(std::initializer_list<std::string_view> choices);

  bool flag(std::string_view name);
  std::string text(std::string_view name, std::string fallback = {});
  std::string required_text(std::string_view name);
  std::string one_of(std::string_view name, std::string fallback, std::initializer_list<std::string_view> choices);
  std::vector<std::string> many(std::string_view name);  // given once or more, in order
  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most);
  double number(std::string_view name, double fallback, double least, double most);

  // Call after the flags. Checks the count of words (`what` names them in the error) and that nothing is left over.
  Result<std::vector<std::string>> finish(std::size_t words_least, std::size_t words_most,
                                          std::string_view what = "argument");

 private:
  struct Token {
    std::string text;
    bool used = false;
    bool word = false;  // after `--`
  };
  bool take(std::string_view name, std::string& value);
  void fail(std::string message, std::string_view field);

  std::vector<Token> tokens_;
  std::vector<std::string> known_;
  Status error_;
};

}  // namespace yupu::app
