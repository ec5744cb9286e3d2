// The files of a saved WordPiece tokenizer (docs/formats/vocab.md).
#pragma once

#include <span>
#include <string>

#include "base/status.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::text {

// Each file is replaced atomically; on an error those written before it stay.
Status save_wordpiece(const std::string& directory, std::span<const std::string> vocabulary,
                      const WordPieceOptions& options);

}  // namespace yupu::text
