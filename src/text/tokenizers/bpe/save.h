// The files of a saved byte-level BPE tokenizer (docs/formats/bpe.md).
#pragma once

#include <string>

#include "base/status.h"
#include "text/tokenizers/bpe/bpe.h"

namespace yupu::text {

// Each file is replaced atomically; on an error those written before it stay.
Status save_bpe(const std::string& directory, const BpeParts& parts);

}  // namespace yupu::text
