// The files of --task embed, as flags name their columns.
#pragma once

#include <string>

#include "app/arguments.h"
#include "base/status.h"
#include "tasks/embed/text_set.h"

namespace yupu::app {

// --text A --text-b B: pairs; with --label L as well: L is their score; without --text-b: texts and labels.
// --negative N: pairs with a third text that looks right and is not.
struct TextSetFlags {
  tasks::TextSetKind kind = tasks::TextSetKind::kLabels;
  std::string text, other, negative, label;  // columns; empty: not read
};
TextSetFlags read_text_set_flags(Arguments& arguments);
// Outcomes  kInvalidArgument: flags that do not go together.
Status check(const TextSetFlags& flags);
// Outcomes  those of data::read_columns.
Result<tasks::TextSet> read_text_set(const std::string& path, const TextSetFlags& flags);

}  // namespace yupu::app
