// yupu generate: a language model writes on from prompts.  Its predict is the same with JSON lines.
#include <cstdio>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "data/passage_set.h"
#include "tasks/generate/generation.h"

namespace yupu::app {
namespace {

constexpr std::size_t kBatch = 16;  // prompts at a time where none is told as it comes

tasks::GenerateOptions read_generate_options(Arguments& arguments) {
  tasks::GenerateOptions options;
  options.max_new_tokens = arguments.integer("--max-new-tokens", options.max_new_tokens, 1, 1'000'000);
  options.temperature = arguments.number("--temperature", options.temperature, 0.0, 100.0);
  options.top_k = arguments.integer("--top-k", options.top_k, 0, 10'000'000);
  options.top_p = arguments.number("--top-p", options.top_p, 1e-6, 1.0);
  options.repetition_penalty = arguments.number("--repetition-penalty", options.repetition_penalty, 0.01, 100.0);
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.stops = arguments.many("--stop");
  return options;
}

OrderedJson line_of(const std::string& prompt, const tasks::Generated& generated) {
  OrderedJson json;
  json["prompt"] = prompt;
  json["text"] = generated.text;
  json["finish"] = tasks::finish_name(generated.finish);
  json["prompt_tokens"] = generated.prompt_tokens;
  json["tokens"] = generated.ids.size();
  return json;
}

// One prompt, told as it comes.
Status stream(const tasks::LanguageModel& model, engine::ExecutionContext& context, const std::string& prompt,
              const tasks::GenerateOptions& options) {
  const auto tell = [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
  };
  tell(prompt);
  const auto written = tasks::generate(model, context, std::span(&prompt, 1), options,
                                       [&](std::size_t, std::string_view piece) { tell(piece); });
  tell("\n");
  return written.status();
}

Status write_lines(const tasks::LanguageModel& model, engine::ExecutionContext& context,
                   const std::vector<std::string>& prompts, tasks::GenerateOptions options) {
  for (std::size_t begin = 0; begin < prompts.size(); begin += kBatch) {
    const auto part = std::span(prompts).subspan(begin, std::min(kBatch, prompts.size() - begin));
    options.first_prompt = begin;
    YUPU_ASSIGN_OR_RETURN(const auto written, tasks::generate(model, context, part, options));
    for (std::size_t i = 0; i < part.size(); ++i) print_json_line(line_of(part[i], written[i]));
  }
  return ok_status();
}

// The prompts of a file's rows, of its lines, of the flag, or of standard input.
Result<std::vector<std::string>> read_prompts(const std::vector<std::string>& given,
                                              const std::vector<std::string>& words) {
  const bool rows =
      !words.empty() && (words[0].ends_with(".jsonl") || words[0].ends_with(".csv") || words[0].ends_with(".tsv"));
  if (!rows) return texts_to_predict(given, words);
  YUPU_ASSIGN_OR_RETURN(const auto set, data::read_passage_set({.path = words[0], .text_column = "prompt"}));
  std::vector<std::string> prompts = given;
  for (const tasks::Passage& row : set.rows) prompts.push_back(row.text);
  return prompts;
}

Status run(Arguments& arguments, const std::string& model, const char* prompt_flag, bool streams) {
  const tasks::GenerateOptions options = read_generate_options(arguments);
  const auto given = arguments.many(prompt_flag);
  const ModelRun model_run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_RETURN_IF_ERROR(tasks::check(options));
  YUPU_ASSIGN_OR_RETURN(const auto writer, tasks::LanguageModel::load(model));
  YUPU_ASSIGN_OR_RETURN(const auto prompts, read_prompts(given, words));
  engine::ExecutionContext context = open_context(model_run);
  if (streams && prompts.size() == 1 && words.empty()) return stream(*writer, context, prompts[0], options);
  return write_lines(*writer, context, prompts, options);
}

}  // namespace

Status generate_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const std::string model = arguments.required_text("--model");
  return run(arguments, model, "--prompt", !json);
}

Status predict_generate(Arguments& arguments, const std::string& model) {
  return run(arguments, model, "--text", false);
}

}  // namespace yupu::app
