// A tagger on tagged sentences: the report over words (B-PER, I-PER, O ...) and the report over spans (PER ...).
// The truth is read in its own scheme and judged in the tagger's.  A type the tagger does not have counts as wrong, and
// is named.  Tags and spans that were repaired on reading are counted.
// Threads  one owner of the context.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/tokens/branches.h"
#include "tasks/tokens/span_metrics.h"
#include "tasks/tokens/tagged.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {

struct TagEvaluation {
  Report tokens;
  SpanReport spans;
  Scheme scheme = Scheme::kIob2;  // the tagger's, in which the words are reported
  std::int64_t sentence_count = 0;
  std::int64_t windowed_count = 0;  // sentences read in more than one window
  std::int64_t cut_words = 0;       // words not read to their end
  std::int64_t repaired_sentences = 0, repaired_tags = 0, first_repaired_line = 0;
  std::int64_t widened_spans = 0, first_widened_line = 0;
  std::vector<std::string> unknown_types;  // in the rows, not in the model; sorted
  std::string rows_sha256;                 // of words and tags, in order: reports with equal ones are comparable
  std::optional<TagBranches> branches;     // where they were judged

  std::string to_text() const;
  OrderedJson to_json() const;
};

std::vector<WordEncoding> encode_all(const Tagger& tagger, std::span<const TaggedWords> sentences);

// `encodings`: encode_all of the set's sentences, which may be kept.
// Outcomes  kInvalidArgument: no sentence; errors of Tagger::emissions.
Result<TagEvaluation> evaluate(const Tagger& tagger, engine::ExecutionContext& context, const TagSet& set,
                               std::span<const WordEncoding> encodings);
// The same, and the branches where there are two.
Result<TagEvaluation> evaluate(const Tagger& tagger, engine::ExecutionContext& context, const TagSet& set);

// The line of `yupu predict` for each text, in order: {"text", "entities": [{"type", "text", "begin", "end",
// "begin_byte", "end_byte", "score"}, ...]}.  begin and end count code points, half-open; score as ScoredSpan.
Result<std::vector<OrderedJson>> entity_lines(const Tagger& tagger, engine::ExecutionContext& context,
                                              std::span<const std::string> texts);

}  // namespace yupu::tasks
