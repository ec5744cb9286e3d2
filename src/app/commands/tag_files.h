// Column files, and files of spans, as commands name them.
#pragma once

#include <string>

#include "app/arguments.h"
#include "base/status.h"
#include "tasks/tokens/tagged.h"

namespace yupu::app {

// --column N (from 1; the tags' column) and --scheme NAME.
struct TagFlags {
  std::int64_t column = 0;  // 0: the last
  std::string scheme;       // empty: read off the tags, iob2 of a file of spans
};
TagFlags read_tag_flags(Arguments& arguments);
Result<tasks::TagSet> read_tags(const std::string& path, const TagFlags& flags);

}  // namespace yupu::app
