#include "text/personal/mask.h"

#include "text/unicode.h"

namespace yupu::text {
namespace {

// `text` with what `name` makes of each span in its place.
template <class Name>
std::string replace_spans(std::string_view text, const std::vector<PersonalSpan>& spans, const Name& name) {
  std::string out;
  out.reserve(text.size());
  std::size_t from = 0;
  for (const PersonalSpan& span : spans) {
    out.append(text.substr(from, span.begin - from)).append(name(span));
    from = span.end;
  }
  return out.append(text.substr(from));
}

// One value however it is written: NFKC, lower case, letters and digits alone.
std::string value_key(std::string_view text) {
  std::string key;
  const std::string folded = lower(nfkc(text));
  for (std::size_t i = 0; i < folded.size();) {
    const CodePoint point = decode_code_point(folded, i);
    if (is_word_part(point.value) || point.value == U'@') key.append(folded, i, static_cast<std::size_t>(point.bytes));
    i += static_cast<std::size_t>(point.bytes);
  }
  return key;
}

// E-mail addresses and those of machines differ by their points.
std::string value_key(PersonalKind kind, std::string_view text) {
  return kind == PersonalKind::kEmail || kind == PersonalKind::kIp ? lower(nfkc(text)) : value_key(text);
}

}  // namespace

std::string mask_personal_data(std::string_view text, PersonalKinds kinds) {
  return replace_spans(text, find_personal_data(text, kinds),
                       [](const PersonalSpan& span) { return "[" + std::string(personal_kind_name(span.kind)) + "]"; });
}

std::string PersonalMasker::mask(std::string_view text) {
  return replace_spans(text, find_personal_data(text, kinds_), [&](const PersonalSpan& span) {
    const std::string_view value = text.substr(span.begin, span.end - span.begin);
    std::pair<PersonalKind, std::string> key(span.kind, value_key(span.kind, value));
    const auto at = known_.try_emplace(std::move(key), entries_.size());
    if (at.second) {
      const std::size_t number = ++counts_[static_cast<std::size_t>(span.kind)];
      entries_.push_back(
          {.placeholder = "[" + std::string(personal_kind_name(span.kind)) + " " + std::to_string(number) + "]",
           .text = std::string(value)});
    }
    return entries_[at.first->second].placeholder;
  });
}

std::string unmask_personal_data(std::string_view text,
                                 const std::map<std::string, std::string, std::less<>>& entries) {
  constexpr std::size_t kPlaceholderMost = 32;  // bytes, brackets included
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view ahead = text.substr(i, kPlaceholderMost);
    const std::size_t close = ahead[0] == '[' ? ahead.find(']') : std::string_view::npos;
    const auto known = close == std::string_view::npos ? entries.end() : entries.find(ahead.substr(0, close + 1));
    if (known == entries.end()) {
      out.push_back(text[i++]);
    } else {
      out.append(known->second);
      i += close + 1;
    }
  }
  return out;
}

}  // namespace yupu::text
