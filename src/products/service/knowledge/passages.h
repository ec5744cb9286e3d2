// Documents -> passages: what is found and quoted from.  A passage is a range of a document's text under one path of
// headings; passages are in order, do not overlap, begin and end at blocks, or at sentences of a block that is too
// long, or at words of a sentence that is.  A heading is in the path of what stands below it; one with nothing below is
// a passage itself, so that no word of a document is lost.   Threads: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "products/service/knowledge/document.h"

namespace yupu::products {

struct Passage {
  std::size_t begin = 0, end = 0;         // bytes of the document's text
  std::vector<std::string> headings;      // outermost first
  std::optional<std::int64_t> page = {};  // which it stands on: passages end where pages do
};

struct PassageOptions {
  std::int64_t length_max = 160;  // see passage_length; a sentence-transformers model of 256 tokens reads it whole
};

// Words and ideographs: about the tokens a model makes of it.  A long word counts once for every 12 letters begun.
std::int64_t passage_length(std::string_view text);

// REQUIRES: length_max > 0.
std::vector<Passage> cut_passages(const Document& document, const PassageOptions& options = {});

}  // namespace yupu::products
