// Plain text as token ids in memory, cut where sentences end.
//
//   file      UTF-8; a line is a paragraph or a sentence; an empty line, or the end of the file, ends a document
//   segment   a sentence: up to and with the punctuation that ends it, or to the end of its line
//   sequence  consecutive segments of one document, as many as fit a length drawn for it; a longer segment is cut
//
// Short and long texts are both what products see, so a share of the sequences gets a length drawn from 8 tokens on and
// the others the whole length.  The draws follow from (seed, epoch): every epoch cuts the text in other places.
// Threads  one owner; a built Corpus may be read by many.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::training {

// The lines of the files, without their ends and without a byte order mark; an empty one after each file.
class CorpusLines {
 public:
  // The files must stay as they are while they are read.
  explicit CorpusLines(std::span<const std::string> files) : files_(files) {}
  // False at the end.  `line` is valid until the next call.  Outcomes  kInvalidArgument: not UTF-8 (FILE: line N); what
  // opening a file gives.
  Result<bool> next(std::string_view& line);

 private:
  std::span<const std::string> files_;
  std::size_t file_index_ = 0;  // of the file being read
  std::unique_ptr<MappedFile> file_;
  std::string_view rest_;
  std::int64_t number_ = 0;  // of the line last read, from 1
};

class Corpus {
 public:
  // Adds a line's tokens (special tokens written in it are plain text); an empty line ends the document.
  void add_line(const text::Tokenizer& tokenizer, std::string_view line);
  void end_document();

  std::int64_t token_count() const { return static_cast<std::int64_t>(tokens_.size()); }
  std::int64_t segment_count() const { return static_cast<std::int64_t>(segment_ends_.size()); }
  std::int64_t document_count() const { return static_cast<std::int64_t>(document_ends_.size()); }
  // SHA-256 over tokens and cuts: equal corpora train alike.
  std::string content_id() const;

  struct Sequence {
    std::uint32_t begin;   // index of the first token
    std::uint32_t length;  // tokens, without [CLS] and [SEP]
  };
  struct CutOptions {
    std::int64_t tokens_max = 126;  // of a sequence
    double short_share = 0.5;       // of the sequences, whose length is drawn uniformly from 8 to tokens_max
  };
  std::vector<Sequence> cut(const CutOptions& options, std::uint64_t seed, std::int64_t epoch) const;
  std::span<const std::int32_t> tokens(Sequence sequence) const {
    return std::span(tokens_).subspan(sequence.begin, sequence.length);
  }

 private:
  void cut_document(std::size_t first_segment, std::size_t end_segment, const CutOptions& options, class Lengths& draw,
                    std::vector<Sequence>& sequences) const;

  std::vector<std::int32_t> tokens_;
  std::vector<std::uint32_t> segment_ends_;   // in tokens
  std::vector<std::uint32_t> document_ends_;  // in segments
};

struct Corpora {
  Corpus train;
  Corpus valid;  // held out
};
// Reads the files.  A line is held out when its own hash says so (`valid_share` of the lines on average), so equal
// lines stand on one side, whatever the files and their order; at most `valid_tokens_max` tokens are. Outcomes  as
// CorpusLines; kInvalidArgument: no text; kTooLarge: more than 2^32 tokens.
Result<Corpora> read_corpora(std::span<const std::string> files, const text::Tokenizer& tokenizer, double valid_share,
                             std::int64_t valid_tokens_max);

}  // namespace yupu::training
