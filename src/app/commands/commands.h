// The subcommands. An addition is one file here and one row in commands.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.h"
#include "base/status.h"

namespace yupu::app {

struct Command {
  std::string_view name;
  std::string_view usage;    // one line after "yupu"
  std::string_view summary;  // one line
  std::string_view details;  // flags and examples, for `yupu help NAME`
  Status (*run)(Arguments& arguments);
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

// One function a command; each in commands/<name>.cc.
Status run_command(Arguments& arguments);
Status plan_command(Arguments& arguments);
Status data_command(Arguments& arguments);
Status train_command(Arguments& arguments);  // and, by its first word, the two in train_runs.cc:
Status train_list_command(Arguments& arguments);
Status train_compare_command(Arguments& arguments);
Status pretrain_command(Arguments& arguments);
Status generate_command(Arguments& arguments);
Status tune_command(Arguments& arguments);
Status calibrate_command(Arguments& arguments);
Status evaluate_command(Arguments& arguments);
Status predict_command(Arguments& arguments);
Status models_command(Arguments& arguments);
Status serve_command(Arguments& arguments);
Status keys_command(Arguments& arguments);
Status plans_command(Arguments& arguments);
Status usage_command(Arguments& arguments);
Status ledger_command(Arguments& arguments);
Status invoices_command(Arguments& arguments);
Status promote_command(Arguments& arguments);
Status answers_command(Arguments& arguments);
Status conversations_command(Arguments& arguments);
Status feedback_command(Arguments& arguments);
Status improve_command(Arguments& arguments);
Status rounds_command(Arguments& arguments);
Status knowledge_command(Arguments& arguments);
Status agents_command(Arguments& arguments);
Status misses_command(Arguments& arguments);
Status connectors_command(Arguments& arguments);
Status recommend_command(Arguments& arguments);
Status monitor_command(Arguments& arguments);
Status help_command(Arguments& arguments);
Status version_command(Arguments& arguments);

}  // namespace yupu::app
