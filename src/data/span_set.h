// Texts with marked spans (JSON lines) as tagged sentences: what tools for labelling write, and what `yupu predict`
// says.
//
//   {"text": "Greta Stone lives in 新港", "entities": [{"type": "PER", "begin": 0, "end": 11}, ...]}
//
// begin and end count code points, half-open.  Read as well: the list under "spans", "labels" or "label"; "start" for
// begin and "label" for type (spaCy, Prodigy); an item [begin, end, type] (doccano).  A "text" that an item has must be
// what stands there: it gives away offsets that count something else (bytes, UTF-16).  Other members are passed over.
// Words are those of predictions (tasks/tokens/words.h).  A span that begins or ends within a word is widened to hold
// it whole, and counted; blanks at its ends are no part of it.
#pragma once

#include <string_view>

#include "base/status.h"
#include "data/tag_set.h"
#include "tasks/tokens/tagged.h"

namespace yupu::data {

bool is_span_file(std::string_view path);  // by its ending: .jsonl, .ndjson

// The set is in the source's scheme, iob2 unless given.
// Outcomes  kInvalidArgument "FILE: line N: field 'entities[I]': ...": a member that is missing or of another type; a
//           span outside the text, of no word, or that shares a word with another; a text without a word; no line.
//           kInvalidArgument: a tag column is asked for.  kNotFound.
Result<tasks::TagSet> read_span_set(const TagSource& source);

}  // namespace yupu::data
