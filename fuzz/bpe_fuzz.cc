// Arbitrary bytes as a text, as merges.txt, vocab.json and tokenizer.json: no crash; ids in range; offsets in order and
// inside the text; decode gives the text back; the same text gives the same encoding; a truncated encoding is the
// beginning of the whole one.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "text/tokenizers/bpe/bpe.h"
#include "text/tokenizers/bpe/pretokens.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

BpeParts bytes_and(std::vector<std::pair<std::string, std::string>> merges) {
  BpeParts parts;
  parts.vocabulary.emplace_back(kEndOfText);
  for (const std::string& character : byte_characters()) parts.vocabulary.push_back(character);
  for (const auto& [left, right] : merges) {
    const std::string made = left + right;
    if (std::find(parts.vocabulary.begin(), parts.vocabulary.end(), made) == parts.vocabulary.end())
      parts.vocabulary.push_back(made);
  }
  parts.merges = std::move(merges);
  return parts;
}

// `whole`: every byte has a token, so nothing may be lost.
void check_encoding(const Tokenizer& tokenizer, std::string_view text, OffsetUnit unit, bool whole) {
  const EncodeOptions options{.special_tokens_in_text = false, .offset_unit = unit};
  const Encoding encoding = tokenizer.encode(text, options);
  CHECK(encoding.ids.size() == encoding.offsets.size() && encoding.ids.size() == encoding.type_ids.size(), "sizes");
  const auto end = static_cast<std::int32_t>(unit == OffsetUnit::kBytes ? text.size() : count_code_points(text));
  Offset before;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    CHECK(encoding.ids[i] >= 0 && encoding.ids[i] < tokenizer.vocab_size(), "id out of range");
    const Offset offset = encoding.offsets[i];
    CHECK(offset.begin < offset.end && offset.end <= end, "an offset outside the text");
    CHECK(offset.begin >= before.begin && offset.end >= before.end, "offsets out of order");
    before = offset;
  }
  const std::string decoded = tokenizer.decode(encoding.ids);
  CHECK(!validate_utf8(decoded), "decoded text is not UTF-8");
  CHECK(!whole || decoded == replace_invalid_utf8(text).text, "the text does not come back");
  const Encoding again = tokenizer.encode(text, options);
  CHECK(again.ids == encoding.ids && again.offsets == encoding.offsets, "not deterministic");
  const Encoding cut = tokenizer.encode(text, {.max_length = 5, .special_tokens_in_text = false, .offset_unit = unit});
  CHECK(cut.ids.size() <= 5 && cut.truncated == (encoding.ids.size() > 5), "truncation");
  for (std::size_t i = 0; i < cut.ids.size(); ++i) CHECK(cut.ids[i] == encoding.ids[i], "a cut encoding differs");
}

}  // namespace
}  // namespace yupu::text

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yupu::text;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto fixed = make_bpe(bytes_and({{"a", "b"}, {"b", "a"}, {"ab", "ab"}, {"\u0120", "a"}, {"\u00e4", "\u00bd"}}));
  CHECK(fixed.ok(), "the fixed vocabulary");
  check_encoding(**fixed, bytes, OffsetUnit::kCodePoints, true);
  check_encoding(**fixed, bytes, OffsetUnit::kBytes, true);
  auto merges = parse_merges(bytes, "fuzz");
  if (merges.ok()) {
    auto made = make_bpe(bytes_and(std::move(merges).value()));
    if (made.ok()) check_encoding(**made, bytes, OffsetUnit::kCodePoints, true);
  }
  auto parts = parse_bpe_json(bytes, "fuzz");
  if (parts.ok()) {
    auto made = make_bpe(std::move(parts).value());
    if (made.ok()) check_encoding(**made, bytes, OffsetUnit::kCodePoints, false);
  }
  (void)parse_bpe_vocabulary(bytes, "fuzz");
  return 0;
}
