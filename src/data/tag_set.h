// A column file (acquire/files/conll.h), or one of marked spans (span_set.h), as tagged sentences to learn from or to
// judge by.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/status.h"
#include "tasks/tokens/tagged.h"

namespace yupu::data {

struct TagSource {
  std::string path;
  std::optional<std::size_t> tag_column = {};  // from 0; unset: the last
  std::optional<tasks::Scheme> scheme = {};    // unset: read off the tags
};

// The scheme of a file's tags: M is bmes; E or S is iobes; of iob1 and iob2, which differ in B alone, the one in which
// fewer sentences are broken (ties: iob2).
// Outcomes  kInvalidArgument "FILE: line N: ...": a line that cannot be read, a tag of no scheme, no sentence;
//           kNotFound.
Result<tasks::Scheme> detect_scheme(const TagSource& source);

// Outcomes  those of read_conll_file.  A broken sequence is repaired and counted.  Of a file of spans (by its ending):
// those of read_span_set.
Result<tasks::TagSet> read_tag_set(const TagSource& source);

}  // namespace yupu::data
