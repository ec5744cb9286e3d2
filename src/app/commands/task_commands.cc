#include "app/commands/task_commands.h"

#include <array>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/workplace.h"
#include "base/file.h"
#include "model/checkpoint/huggingface.h"
#include "training/precision.h"

namespace yupu::app {
namespace {

constexpr std::string_view kMultilabelTask = "multilabel";

// In the order of tasks/tasks.cc.
constexpr std::array kTaskCommands = {
    TaskCommands{"classify", "", train_classify, evaluate_classify, predict_classify},
    TaskCommands{"tokens", "BertForTokenClassification", train_tokens, evaluate_tokens, predict_tokens},
    TaskCommands{"embed", "BertModel", train_embed, evaluate_embed, predict_embed},
    TaskCommands{"pairs", "", train_pairs, evaluate_pairs, predict_pairs},
    TaskCommands{kMultilabelTask, "", train_multilabel, evaluate_multilabel, predict_multilabel},
    TaskCommands{"generate", "GPT2LMHeadModel", train_generate, evaluate_generate, predict_generate},
};

const TaskCommands* find_row(std::string_view task) {
  for (const TaskCommands& row : kTaskCommands) {
    if (row.task == task) return &row;
  }
  return nullptr;
}

// The task that a directory says it is for; empty when it does not.
std::string told_task(const std::string& model) {
  if (const auto text = read_file(model + "/yupu.json"); text.ok()) {
    const auto json = parse_json(*text);
    return json.ok() && json->is_object() && json->value("task", Json()).is_string() ? json->value("task", "")
                                                                                     : std::string();
  }
  if (model::told_problem_type(model) == model::kMultilabelProblem) return std::string(kMultilabelTask);
  const std::string architecture = model::told_architecture(model);
  for (const TaskCommands& row : kTaskCommands) {
    if (!row.architecture.empty() && row.architecture == architecture) return std::string(row.task);
  }
  return {};
}

}  // namespace

Result<const TaskCommands*> asked_task(Arguments& arguments, std::string_view fallback) {
  const std::string name = arguments.text("--task", std::string(fallback));
  if (const TaskCommands* row = find_row(name)) return row;
  std::vector<std::string_view> names;
  for (const TaskCommands& row : kTaskCommands) names.push_back(row.task);
  return invalid_argument(fmt::format("--task must be one of {}, not '{}'", fmt::join(names, ", "), name), "--task");
}

Result<const TaskCommands*> task_of_model(Arguments& arguments, const std::string& model) {
  const std::string told = model.empty() ? std::string() : told_task(model);
  return asked_task(arguments, find_row(told) != nullptr ? told : kTaskCommands[0].task);
}

ModelRun read_model_run(Arguments& arguments) {
  return {.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024)),
          .precision = read_precision(arguments)};
}

engine::ExecutionContext open_context(const ModelRun& run) {
  return engine::ExecutionContext(run.threads, training::usable_precision(run.precision, *terminal_progress()));
}

Result<std::vector<std::string>> texts_to_predict(std::vector<std::string> texts,
                                                  const std::vector<std::string>& words) {
  if (!words.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::string content, read_file(words[0]));
    std::size_t begin = 0;
    while (begin < content.size()) {
      const std::size_t end = std::min(content.find('\n', begin), content.size());
      texts.push_back(content.substr(begin, end - begin));
      begin = end + 1;
    }
  } else if (texts.empty()) {
    for (std::string line; std::getline(std::cin, line);) texts.push_back(line);
  }
  return texts;
}

}  // namespace yupu::app
