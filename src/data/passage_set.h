// Files of texts to learn to write from.  Unlike rows to be labelled, texts stay as they are: line ends, spaces and
// case are what is learned; an invalid byte is refused.
//   .txt             a text is the lines up to an empty one (CR LF reads as LF)
//   CSV, TSV, JSONL  a text a row, of one column; or a prompt and its answer, of two
#pragma once

#include <string>

#include "base/status.h"
#include "tasks/generate/passages.h"

namespace yupu::data {

struct PassageSource {
  std::string path;
  std::string text_column = "text";
  std::string prompt_column = {};  // empty: whole texts; else what text_column answers
};

// Every text of the file, in order: complete or an error.
// Outcomes  kInvalidArgument "FILE: line N: field 'NAME': ...": a column that is not there, a blank text or prompt,
// bytes
//           that are not UTF-8; no texts.  kNotFound.
Result<tasks::PassageSet> read_passage_set(const PassageSource& source);

}  // namespace yupu::data
