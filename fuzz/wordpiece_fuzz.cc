// Arbitrary bytes as a text and as a vocabulary file: no crash; ids in range; offsets in order and inside the text; the
// same text gives the same encoding; a truncated encoding is the beginning of the whole one.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "text/tokenizers/wordpiece/wordpiece.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

const std::vector<std::string> kVocabulary{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a",    "##a", "ab",
                                           "##b",   "b",     "i",     ".",     "你",     "##字", "é",   "##\u0301"};

void check_encoding(const Tokenizer& tokenizer, std::string_view text, OffsetUnit unit) {
  const EncodeOptions options{.offset_unit = unit};
  const Encoding encoding = tokenizer.encode(text, options);
  CHECK(encoding.ids.size() == encoding.offsets.size() && encoding.ids.size() == encoding.type_ids.size(), "sizes");
  const auto end = static_cast<std::int32_t>(unit == OffsetUnit::kBytes ? text.size() : count_code_points(text));
  Offset before;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    CHECK(encoding.ids[i] >= 0 && encoding.ids[i] < tokenizer.vocab_size(), "id out of range");
    if (i == 0 || i + 1 == encoding.ids.size()) continue;  // [CLS] and [SEP]
    const Offset offset = encoding.offsets[i];
    CHECK(offset.begin < offset.end && offset.end <= end, "an offset outside the text");
    CHECK(offset.begin >= before.begin && offset.end >= before.end, "offsets out of order");
    before = offset;
  }
  const Encoding again = tokenizer.encode(text, options);
  CHECK(again.ids == encoding.ids && again.offsets == encoding.offsets, "not deterministic");
  const Encoding cut = tokenizer.encode(text, {.max_length = 5, .offset_unit = unit});
  CHECK(cut.ids.size() <= 5 && cut.truncated == (encoding.ids.size() > 5), "truncation");
  for (std::size_t i = 0; i + 1 < cut.ids.size(); ++i) CHECK(cut.ids[i] == encoding.ids[i], "a cut encoding differs");
  CHECK(!validate_utf8(tokenizer.decode(encoding.ids)), "decoded text is not UTF-8");
}

}  // namespace
}  // namespace yupu::text

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yupu::text;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  WordPieceOptions options{
      .clean_text = (data[0] & 1) == 0, .tokenize_chinese_chars = (data[0] & 2) == 0, .lower_case = (data[0] & 4) == 0};
  if ((data[0] & 8) != 0) options.strip_accents = (data[0] & 16) != 0;
  auto tokenizer = make_wordpiece(kVocabulary, options);
  CHECK(tokenizer.ok(), "the fixed vocabulary");
  check_encoding(**tokenizer, bytes, OffsetUnit::kCodePoints);
  check_encoding(**tokenizer, bytes, OffsetUnit::kBytes);
  auto vocabulary = parse_vocabulary("[UNK]\n[CLS]\n[SEP]\n" + std::string(bytes), "fuzz");
  if (!vocabulary.ok()) return 0;
  auto made = make_wordpiece(*vocabulary, options);
  if (made.ok()) check_encoding(**made, bytes, OffsetUnit::kCodePoints);
  return 0;
}
