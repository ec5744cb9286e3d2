// What a tagger says of texts as a column file, to look at, correct and learn from (docs/tokens.md).
#pragma once

#include <span>
#include <string>

#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {

// "WORD TAG\n" for every word (words.h, split_words) and an empty line behind each text, in any scheme.  A text
// without a word gives nothing.   Outcomes  those of Tagger::emissions.
Result<std::string> column_lines(const Tagger& tagger, engine::ExecutionContext& context,
                                 std::span<const std::string> texts, Scheme scheme);

}  // namespace yupu::tasks
