#include "strategy/answers.h"

#include <fmt/format.h>

#include "strategy/toml_reader.h"

namespace yupu::strategy {

Result<std::vector<products::Answer>> load_answers(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml_file(path));
  TomlReader reader(root, path, "");
  const auto tables = reader.tables("answer", true);
  YUPU_RETURN_IF_ERROR(reader.finish());
  std::vector<products::Answer> answers;
  for (const toml::table* table : tables) {
    products::Answer answer;
    TomlReader row(*table, path, fmt::format("answer[{}]", answers.size()));
    row.text("intent", answer.intent, true);
    row.text("title_zh", answer.title_zh, true);
    row.text("title_en", answer.title_en, true);
    row.text("text_zh", answer.text_zh, true);
    row.text("text_en", answer.text_en, true);
    row.text("source", answer.source, true);
    YUPU_RETURN_IF_ERROR(row.finish());
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace yupu::strategy
