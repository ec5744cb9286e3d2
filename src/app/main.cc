// yupu: one binary, one subcommand a stage.  Exit status: 0 done, 1 it could not be done, 2 the caller's mistake.
#include <cstdio>
#include <string>
#include <vector>

#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "models/builtin_models.h"

int main(int argc, char** argv) {
  yupu::models::add_builtin_models();
  std::vector<std::string> words(argv + 1, argv + argc);
  const std::string name = words.empty() || words[0] == "--help" || words[0] == "-h" ? "help"
                           : words[0] == "--version"                                 ? "version"
                                                                                     : words[0];
  if (!words.empty()) words.erase(words.begin());
  const yupu::app::Command* command = yupu::app::find_command(name);
  if (command == nullptr) {
    std::fprintf(stderr, "yupu: there is no command '%s'; `yupu help` lists them\n", name.c_str());
    return 2;
  }
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") {
      words = {name};
      command = yupu::app::find_command("help");
      break;
    }
  }
  yupu::app::Arguments arguments(std::move(words));
  const yupu::Status status = command->run(arguments);
  if (!status.ok()) std::fprintf(stderr, "yupu %s: %s\n", name.c_str(), status.message().c_str());
  return yupu::app::exit_code(status);
}
