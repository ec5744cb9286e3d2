// Any bytes as a CoNLL file: sentences must not depend on how the bytes arrive, and every sequence of tags has one
// repair, which is right.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/rng.h"
#include "data/acquire/files/conll.h"

namespace {

using yupu::data::ConllOptions;
using yupu::data::ConllReader;
using yupu::data::ConllSentence;
using yupu::data::NextBlock;

NextBlock pieces(std::string_view bytes, std::uint64_t seed, std::size_t piece_max) {
  return [bytes, random = yupu::Rng(seed), piece_max]() mutable -> yupu::Result<std::string_view> {
    const std::string_view block = bytes.substr(0, 1 + random.below(piece_max));
    bytes.remove_prefix(block.size());
    return block;
  };
}

std::vector<ConllSentence> read_all(NextBlock next_block, const ConllOptions& options) {
  ConllReader reader(std::move(next_block), options);
  std::vector<ConllSentence> sentences;
  for (ConllSentence sentence; reader.next(sentence).value();) sentences.push_back(sentence);
  return sentences;
}

void check_tags(const std::vector<std::string>& texts, yupu::tasks::Scheme scheme) {
  auto tags = yupu::tasks::parse_tags(texts, scheme);
  if (!tags.ok()) return;
  const auto spans = yupu::tasks::lenient_spans(*tags);
  const bool broken = yupu::tasks::first_broken(*tags, scheme).has_value();
  CHECK((yupu::tasks::repair(*tags, scheme) > 0) == broken, "what is broken is repaired, and nothing else");
  CHECK(yupu::tasks::lenient_spans(*tags) == spans, "a repair keeps the spans");
  CHECK(yupu::tasks::strict_spans(*tags, scheme) == spans, "what was repaired is right strictly read too");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  ConllOptions options;
  if ((data[1] & 1) != 0) options.tabs_only = true;
  if ((data[1] & 2) != 0) options.hash_comments = true;
  if ((data[1] & 4) != 0) options.tag_column = 1;
  if ((data[1] & 8) != 0) options.sentence_tokens_max = 3;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto whole = read_all(pieces(bytes, 0, SIZE_MAX), options);
  const auto cut = read_all(pieces(bytes, data[0], 7), options);
  CHECK(whole.size() == cut.size(), "as many sentences in pieces as in one");
  std::int64_t line = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(whole[i].tokens == cut[i].tokens && whole[i].tags == cut[i].tags && whole[i].line == cut[i].line &&
              whole[i].problem_line == cut[i].problem_line,
          "the same sentence in pieces as in one");
    CHECK(whole[i].line > line, "every sentence begins on a later line");
    line = whole[i].line;
    CHECK(whole[i].tokens.size() == whole[i].tags.size() && whole[i].tokens.size() == whole[i].lines.size(),
          "a tag and a line for every token");
    CHECK(whole[i].tokens.size() <= options.sentence_tokens_max, "sentences within the limit");
    CHECK(!whole[i].tokens.empty() || whole[i].problem, "an empty sentence has its problem");
    for (const char* scheme : {"iob1", "iob2", "iobes", "bmes"})
      check_tags(whole[i].tags, *yupu::tasks::find_scheme(scheme));
  }
  return 0;
}
