// Any bytes as a text with personal data: spans are in order, apart and between characters; masking changes nothing
// else, and a masker says the same of the same text.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "text/personal/mask.h"
#include "text/personal/personal_data.h"
#include "text/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto spans = yupu::text::find_personal_data(text);
  std::string expected;
  std::size_t from = 0;
  std::size_t boundary = 0;  // walks over the characters, once
  const auto is_boundary = [&](std::size_t position) {
    while (boundary < position) {
      boundary += static_cast<std::size_t>(yupu::text::decode_code_point(text, boundary).bytes);
    }
    return boundary == position;
  };
  for (const yupu::text::PersonalSpan& span : spans) {
    CHECK(span.begin >= from && span.begin < span.end && span.end <= text.size(), "spans in order, none in another");
    CHECK(is_boundary(span.begin) && is_boundary(span.end), "a span begins and ends between characters");
    expected.append(text.substr(from, span.begin - from));
    expected.append("[").append(yupu::text::personal_kind_name(span.kind)).append("]");
    from = span.end;
  }
  expected.append(text.substr(from));
  CHECK(yupu::text::mask_personal_data(text) == expected, "masking replaces the spans and nothing else");
  yupu::text::PersonalMasker masker;
  const std::string once = masker.mask(text);
  const std::size_t known = masker.entries().size();
  CHECK(masker.mask(text) == once && masker.entries().size() == known, "a value keeps its number");
  CHECK(known <= spans.size(), "no more numbers than values");
  if (yupu::text::validate_utf8(text)) return 0;
  CHECK(!yupu::text::validate_utf8(once), "what was UTF-8 stays it");
  return 0;
}
