#include "tasks/tasks.h"

#include <array>

namespace yupu::tasks {
namespace {
constexpr std::array kTasks = {
    Task{.name = "classify", .summary = "one label per text: intents, topics, sentiment", .meter = "classify_tokens"},
    Task{.name = "tokens", .summary = "named entities: spans of words, each with a type", .meter = "entity_tokens"},
    Task{.name = "embed", .summary = "one vector per text: search, likeness", .meter = "embedding_tokens"},
    Task{.name = "pairs",
         .summary = "two texts together: the same or not, how alike, which answers best",
         .meter = "pair_tokens"},
    Task{.name = "multilabel", .summary = "any number of labels per text: topics, tags", .meter = "classify_tokens"},
    Task{.name = "generate", .summary = "text that goes on from a prompt", .meter = "generated_tokens"},
};
}  // namespace

std::span<const Task> all_tasks() { return kTasks; }

const Task* find_task(std::string_view name) {
  for (const Task& task : kTasks) {
    if (task.name == name) return &task;
  }
  return nullptr;
}

}  // namespace yupu::tasks
