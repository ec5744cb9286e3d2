#include "tasks/tokens/schemes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::tasks {
namespace {

struct Row {
  Scheme scheme;
  std::string_view name;
  std::string_view other_name;
  std::string_view prefixes;  // what kOutside, kBegin, kInside, kEnd, kSingle are written as
};

constexpr std::array kSchemes = {
    Row{Scheme::kIob1, "iob1", "iob", "OBI"},
    Row{Scheme::kIob2, "iob2", "bio", "OBI"},
    Row{Scheme::kIobes, "iobes", "bioes", "OBIES"},
    Row{Scheme::kBmes, "bmes", "bmeso", "OBMES"},
};

const Row& row_of(Scheme scheme) {
  const auto* found =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Row& row) { return row.scheme == scheme; });
  CHECK(found != kSchemes.end(), "a scheme without a row");
  return *found;
}

bool marks_ends(Scheme scheme) { return scheme == Scheme::kIobes || scheme == Scheme::kBmes; }

// The strict reading asks three questions, scheme by scheme.
bool strictly_begins(const Tag& previous, const Tag& tag, Scheme scheme) {
  if (scheme != Scheme::kIob1) return tag.prefix == Prefix::kBegin || tag.prefix == Prefix::kSingle;
  const bool same = previous.type == tag.type;
  if (tag.prefix == Prefix::kInside) return previous.prefix != Prefix::kInside || !same;
  return tag.prefix == Prefix::kBegin && previous.prefix != Prefix::kOutside && same;  // only where two spans touch
}

bool strictly_goes_on(const Tag& previous, const Tag& tag) {
  const bool open = previous.prefix == Prefix::kBegin || previous.prefix == Prefix::kInside;
  return open && (tag.prefix == Prefix::kInside || tag.prefix == Prefix::kEnd) && previous.type == tag.type;
}

bool strictly_ends(const Tag& last, const Tag& next, Scheme scheme) {
  if (marks_ends(scheme)) return last.prefix == Prefix::kEnd || last.prefix == Prefix::kSingle;
  // A B that touches a B of another type has no reason to be one: iob1 takes neither for a span.
  const bool idle_begin = scheme == Scheme::kIob1 && last.prefix == Prefix::kBegin && next.prefix == Prefix::kBegin;
  return !idle_begin || last.type == next.type;
}

Prefix prefix_at(const Span& span, std::int64_t token, bool touches, Scheme scheme) {
  const bool first = token == span.begin;
  const bool last = token + 1 == span.end;
  if (marks_ends(scheme)) {
    if (first && last) return Prefix::kSingle;
    return first ? Prefix::kBegin : last ? Prefix::kEnd : Prefix::kInside;
  }
  return first && (scheme == Scheme::kIob2 || touches) ? Prefix::kBegin : Prefix::kInside;
}

}  // namespace

std::string_view scheme_name(Scheme scheme) { return row_of(scheme).name; }

std::optional<Scheme> find_scheme(std::string_view name) {
  for (const Row& row : kSchemes) {
    if (row.name == name || row.other_name == name) return row.scheme;
  }
  return std::nullopt;
}

Result<Tag> parse_tag(std::string_view text, Scheme scheme) {
  const Row& row = row_of(scheme);
  const std::size_t place = text.empty() ? std::string_view::npos : row.prefixes.find(text.front());
  const bool outside = place == 0;
  const bool shaped = text.size() == 1 || (text.size() > 2 && text[1] == '-');
  if (place == std::string_view::npos || !shaped || (outside && text.size() > 1)) {
    return invalid_argument(fmt::format("\"{}\" is no tag of {} (O, or one of {} with -TYPE)", text, row.name,
                                        fmt::join(row.prefixes.substr(1), " ")));
  }
  if (outside) return Tag{};
  return Tag{static_cast<Prefix>(place), text.size() > 2 ? std::string(text.substr(2)) : "_"};
}

Result<std::vector<Tag>> parse_tags(std::span<const std::string> texts, Scheme scheme) {
  std::vector<Tag> tags;
  tags.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto tag = parse_tag(texts[i], scheme);
    if (!tag.ok()) return tag.status().with_context(fmt::format("token {}", i + 1));
    tags.push_back(std::move(*tag));
  }
  return tags;
}

std::string tag_text(const Tag& tag, Scheme scheme) {
  const Row& row = row_of(scheme);
  const auto place = static_cast<std::size_t>(tag.prefix);
  CHECK(place < row.prefixes.size(), fmt::format("{} has no prefix {}", row.name, place));
  std::string text(1, row.prefixes[place]);
  return tag.prefix == Prefix::kOutside || tag.type == "_" ? text : text + "-" + tag.type;
}

std::vector<std::string> tag_texts(std::span<const Tag> tags, Scheme scheme) {
  std::vector<std::string> texts;
  texts.reserve(tags.size());
  for (const Tag& tag : tags) texts.push_back(tag_text(tag, scheme));
  return texts;
}

bool ends_before(const Tag& previous, const Tag& tag) {
  if (previous.prefix == Prefix::kOutside) return false;
  if (previous.prefix == Prefix::kEnd || previous.prefix == Prefix::kSingle) return true;
  return tag.prefix == Prefix::kOutside || tag.prefix == Prefix::kBegin || tag.prefix == Prefix::kSingle ||
         previous.type != tag.type;
}

bool begins_at(const Tag& previous, const Tag& tag) {
  if (tag.prefix == Prefix::kOutside) return false;
  if (tag.prefix == Prefix::kBegin || tag.prefix == Prefix::kSingle) return true;
  return previous.prefix == Prefix::kOutside || previous.prefix == Prefix::kEnd || previous.prefix == Prefix::kSingle ||
         previous.type != tag.type;
}

std::vector<Span> lenient_spans(std::span<const Tag> tags) {
  std::vector<Span> spans;
  const Tag outside;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= tags.size(); ++i) {
    const Tag& previous = i == 0 ? outside : tags[i - 1];
    const Tag& tag = i == tags.size() ? outside : tags[i];
    if (ends_before(previous, tag)) {
      spans.push_back(
          {.type = previous.type, .begin = static_cast<std::int64_t>(begin), .end = static_cast<std::int64_t>(i)});
    }
    if (begins_at(previous, tag)) begin = i;
  }
  return spans;
}

std::vector<Span> strict_spans(std::span<const Tag> tags, Scheme scheme) {
  std::vector<Span> spans;
  const Tag outside;
  const auto at = [&](std::size_t i) -> const Tag& { return i < tags.size() ? tags[i] : outside; };
  for (std::size_t i = 0; i < tags.size();) {
    if (!strictly_begins(i == 0 ? outside : tags[i - 1], tags[i], scheme)) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (end < tags.size() && strictly_goes_on(tags[end - 1], tags[end])) ++end;
    if (strictly_ends(tags[end - 1], at(end), scheme)) {
      spans.push_back(
          {.type = tags[i].type, .begin = static_cast<std::int64_t>(i), .end = static_cast<std::int64_t>(end)});
    }
    i = end;
  }
  return spans;
}

std::vector<Tag> tags_of(std::span<const Span> spans, std::int64_t token_count, Scheme scheme) {
  std::vector<Tag> tags(static_cast<std::size_t>(token_count));
  const Span* previous = nullptr;
  for (const Span& span : spans) {
    const std::int64_t free = previous == nullptr ? 0 : previous->end;
    CHECK(span.begin >= free && span.end > span.begin && span.end <= token_count,
          fmt::format("span [{}, {}) of {} tokens, of which {} are taken", span.begin, span.end, token_count, free));
    const bool touches = previous != nullptr && previous->end == span.begin && previous->type == span.type;
    for (std::int64_t token = span.begin; token < span.end; ++token)
      tags[static_cast<std::size_t>(token)] = {prefix_at(span, token, touches, scheme), span.type};
    previous = &span;
  }
  return tags;
}

std::vector<Tag> converted(std::span<const Tag> tags, Scheme to) {
  return tags_of(lenient_spans(tags), static_cast<std::int64_t>(tags.size()), to);
}

std::optional<std::size_t> first_broken(std::span<const Tag> tags, Scheme scheme) {
  const std::vector<Tag> right = converted(tags, scheme);
  const auto broken = std::mismatch(tags.begin(), tags.end(), right.begin()).first;
  if (broken == tags.end()) return std::nullopt;
  return static_cast<std::size_t>(broken - tags.begin());
}

std::int64_t repair(std::vector<Tag>& tags, Scheme scheme) {
  std::vector<Tag> right = converted(tags, scheme);
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) changed += tags[i] == right[i] ? 0 : 1;
  tags = std::move(right);
  return changed;
}

}  // namespace yupu::tasks
