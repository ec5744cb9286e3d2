// What yupu can be trained to do: one row each.  A task is one folder (tasks/<name>/) and one row in tasks.cc.
#pragma once

#include <span>
#include <string_view>

namespace yupu::tasks {

struct Task {
  std::string_view name;     // `--task NAME`, yupu.json, Run::task
  std::string_view summary;  // one line of help
  std::string_view meter;    // what a call is billed by
};

std::span<const Task> all_tasks();
const Task* find_task(std::string_view name);  // nullptr when there is none

}  // namespace yupu::tasks
