#include <array>

#include "base/file.h"
#include "text/tokenizers/bpe/bpe.h"
#include "text/tokenizers/tokenizer.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::text {
namespace {

constexpr std::array<TokenizerKind, 2> kTokenizerKinds{{
    {"bpe", "GPT-2's byte-level BPE: tokenizer.json, or vocab.json and merges.txt", recognises_bpe, open_bpe},
    {"wordpiece", "BERT's WordPiece: vocab.txt or tokenizer.json", recognises_wordpiece, open_wordpiece},
}};

}  // namespace

std::span<const TokenizerKind> tokenizer_kinds() { return kTokenizerKinds; }

Result<std::unique_ptr<Tokenizer>> load_tokenizer(const std::string& directory) {
  if (!file_exists(directory)) return not_found("tokenizer: there is no directory " + directory);
  for (const TokenizerKind& kind : kTokenizerKinds) {
    if (kind.recognises(directory)) return kind.open(directory);
  }
  return not_found("tokenizer: " + directory + " has neither vocab.txt nor vocab.json nor tokenizer.json");
}

}  // namespace yupu::text
