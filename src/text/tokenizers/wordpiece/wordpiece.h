// WordPiece as in BERT (Devlin et al. 2018, arXiv:1810.04805; the greedy matching is Schuster and Nakajima 2012), id
// for id and offset for offset what HuggingFace's fast BERT tokenizer gives. What is pinned: docs/formats/vocab.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::text {

struct WordPieceOptions {
  bool clean_text = true;              // drop U+0000, U+FFFD and control characters, every whitespace is a space
  bool tokenize_chinese_chars = true;  // every CJK ideograph is a word
  bool lower_case = true;
  std::optional<bool> strip_accents = {};  // absent: as lower_case
  std::int32_t word_chars_max = 100;       // a longer word is [UNK]
};

// `vocabulary[i]` is the token of id i.
// Outcomes  kInvalidArgument: empty, a token is empty or not UTF-8, a token occurs twice, or [UNK], [CLS] or [SEP] is
// missing.
Result<std::unique_ptr<Tokenizer>> make_wordpiece(std::vector<std::string> vocabulary,
                                                  const WordPieceOptions& options = {});

// One token per line, id = line number from 0. A final line end is optional; CR LF reads as LF.
// `where` names the file in errors ("vocab.txt: line 7: ...").
Result<std::vector<std::string>> parse_vocabulary(std::string_view bytes, std::string_view where);
std::string format_vocabulary(const std::vector<std::string>& vocabulary);

bool recognises_wordpiece(const std::string& directory);
Result<std::unique_ptr<Tokenizer>> open_wordpiece(const std::string& directory);

}  // namespace yupu::text
