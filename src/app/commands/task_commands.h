// What train, evaluate and predict do for each task: one row a task, in the order of tasks/tasks.cc.
// train reads `--task NAME`; evaluate and predict ask the model directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "engine/precision.h"

namespace yupu::app {

struct TaskCommands {
  std::string_view task;  // tasks::Task::name
  // Of directories without a yupu.json that are taken for it: what their config.json says; empty: none.
  std::string_view architecture;
  Status (*train)(Arguments& arguments);
  Status (*evaluate)(Arguments& arguments, const std::string& model);
  Status (*predict)(Arguments& arguments, const std::string& model);
};

// The row that --task names, or that of `fallback` when it is not given.
// Outcomes  kInvalidArgument, field "--task", listing the tasks.
Result<const TaskCommands*> asked_task(Arguments& arguments, std::string_view fallback);

// The row of a model directory's task: --task, else what its yupu.json says, else what its architecture is for; the
// first row when nobody says, whose loader names what is wrong.  Outcomes  those of asked_task.
Result<const TaskCommands*> task_of_model(Arguments& arguments, const std::string& model);

// --threads and --precision of a command that asks a model.
struct ModelRun {
  int threads = 0;
  engine::Precision precision = engine::Precision::kF32;
};
ModelRun read_model_run(Arguments& arguments);
engine::ExecutionContext open_context(const ModelRun& run);

// The texts to predict: those of --text, and of a file's lines; without either those of standard input.
Result<std::vector<std::string>> texts_to_predict(std::vector<std::string> texts,
                                                  const std::vector<std::string>& words);

// train_<task>.cc and, where it is not in the same file, evaluate_<task>.cc; classify: train.cc, evaluate.cc.
Status train_classify(Arguments& arguments);
Status evaluate_classify(Arguments& arguments, const std::string& model);
Status predict_classify(Arguments& arguments, const std::string& model);
Status train_tokens(Arguments& arguments);
Status evaluate_tokens(Arguments& arguments, const std::string& model);
Status predict_tokens(Arguments& arguments, const std::string& model);
Status train_embed(Arguments& arguments);
Status evaluate_embed(Arguments& arguments, const std::string& model);
Status predict_embed(Arguments& arguments, const std::string& model);
Status train_pairs(Arguments& arguments);
Status evaluate_pairs(Arguments& arguments, const std::string& model);
Status predict_pairs(Arguments& arguments, const std::string& model);
Status train_multilabel(Arguments& arguments);
Status evaluate_multilabel(Arguments& arguments, const std::string& model);
Status predict_multilabel(Arguments& arguments, const std::string& model);
Status train_generate(Arguments& arguments);
Status evaluate_generate(Arguments& arguments, const std::string& model);
Status predict_generate(Arguments& arguments, const std::string& model);

}  // namespace yupu::app
