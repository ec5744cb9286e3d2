// Byte-level byte-pair encoding as in GPT-2 (Radford et al. 2019; Sennrich et al. 2016, arXiv:1508.07909), id for id
// and offset for offset what HuggingFace's tokenizer of that kind gives.  What is pinned: docs/formats/bpe.md.
//   text -> pre-tokens (pretokens.h) -> bytes -> in each pre-token, the pair of lowest rank merged until none is left
// There is no unknown text: every byte has a token.  Special tokens are put around nothing; the end of a text is
// SpecialIds::end_of_text, and unk, cls and sep are that one too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::text {

inline constexpr std::string_view kEndOfText = "<|endoftext|>";

// A token that is looked for in the text as it is written, before anything is cut.
struct AddedToken {
  std::string text;
  bool special = true;  // left out by decode
};

struct BpeParts {
  std::vector<std::string> vocabulary;                      // [i] the token of id i, in byte characters
  std::vector<std::pair<std::string, std::string>> merges;  // lower rank first
  std::vector<AddedToken> added;                            // each stands in the vocabulary too
  std::string end_of_text = std::string(kEndOfText);        // one of `added`, else it becomes one
};

// Outcomes  kInvalidArgument: the vocabulary is empty, or has an empty token, one twice or no end of text; a merge
//           stands there twice, or it or its result are not in the vocabulary.
Result<std::unique_ptr<Tokenizer>> make_bpe(BpeParts parts);

// Of the reference's files.  `where` names the file in errors.
Result<std::vector<std::string>> parse_bpe_vocabulary(std::string_view json, std::string_view where);  // vocab.json
Result<std::vector<std::pair<std::string, std::string>>> parse_merges(std::string_view text, std::string_view where);
Result<BpeParts> parse_bpe_json(std::string_view json, std::string_view where);  // tokenizer.json

bool recognises_bpe(const std::string& directory);
Result<std::unique_ptr<Tokenizer>> open_bpe(const std::string& directory);

}  // namespace yupu::text
