// Column files of the CoNLL shared tasks: one token a line, columns between blanks, a blank line ends a sentence, a
// line that begins with -DOCSTART- a document (Tjong Kim Sang & De Meulder 2003, cs/0306050, section 3).
//
//   -DOCSTART- -X- O O
//
//   EU NNP I-NP I-ORG        token = column 0, tag = the last column, unless told otherwise
//   rejects VBZ I-VP O
//
// Reads in memory that does not depend on the file's size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "data/acquire/files/blocks.h"
#include "data/acquire/files/lines.h"
#include "data/source.h"
#include "tasks/tokens/schemes.h"

namespace yupu::data {

struct ConllOptions {
  std::size_t token_column = 0;
  std::optional<std::size_t> tag_column = {};  // unset: the last of the file's first token line
  bool tabs_only = false;                      // columns are separated by tabs, so that a token may hold blanks
  bool hash_comments = false;                  // lines that begin with "# " are passed over (CoNLL-U)
  std::size_t sentence_tokens_max = 1 << 16;
};

struct ConllSentence {
  std::int64_t line = 0;      // of the first token
  std::int64_t document = 0;  // 0 before the first -DOCSTART-, then from 1
  std::vector<std::string> tokens;
  std::vector<std::string> tags;    // as they stand
  std::vector<std::int64_t> lines;  // of each token
  std::optional<Problem> problem;  // "ragged", "record_too_long", "invalid_utf8": the sentence is whole up to that line
  std::int64_t problem_line = 0;
};

// Threads: one owner.
class ConllReader {
 public:
  ConllReader(NextBlock next_block, const ConllOptions& options) : lines_(std::move(next_block)), options_(options) {}
  // False at the end.  A sentence that is wrong in itself is handed over with its first problem; reading goes on with
  // the next sentence.  Errors: the file's own.
  Result<bool> next(ConllSentence& sentence);

 private:
  void take_token(const Line& line, ConllSentence& sentence);
  std::vector<std::string_view> columns_of(std::string_view line) const;
  LineReader lines_;
  ConllOptions options_;
  std::optional<std::size_t> column_count_;  // of the file's first token line
  std::int64_t document_ = 0;
};

struct TaggedSentence {
  std::int64_t line = 0;
  std::int64_t document = 0;
  std::vector<std::string> tokens;
  std::vector<tasks::Tag> tags;     // right in the scheme
  std::vector<std::int64_t> lines;  // of each token
};

struct ConllFile {
  std::vector<TaggedSentence> sentences;
  std::int64_t document_count = 0;
  std::int64_t token_count = 0;
  std::int64_t repaired_sentences = 0;  // tags that were not right in the scheme, rewritten (tasks/tokens/schemes.h)
  std::int64_t repaired_tags = 0;
  std::int64_t first_repaired_line = 0;  // 0: none
  std::string sha256;
};

struct ConllSource {
  std::string path;
  tasks::Scheme scheme = tasks::Scheme::kIob2;
  bool strict = false;  // a broken sequence is an error instead of being repaired
  ConllOptions options = {};
};

// The whole file, complete: the first line that cannot be read is an error, because a figure over "most of the file" is
// not the figure that was asked for.
// Outcomes  kInvalidArgument "FILE: line N: ...": a broken column, a tag that is none of the scheme, with `strict` a
//           broken sequence, no sentence at all; kNotFound.
Result<ConllFile> read_conll_file(const ConllSource& source);

}  // namespace yupu::data
