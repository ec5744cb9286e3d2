// How spans are written as one tag per token, and read back.
//
//   text      Ann  lives  in  New   York  City  .
//   iob2      B-PER O     O   B-LOC I-LOC I-LOC O      (BIO)  every span begins with B
//   iob1      I-PER O     O   I-LOC I-LOC I-LOC O      B only where a span touches one of its own type
//   iobes     S-PER O     O   B-LOC I-LOC E-LOC O      (BIOES)  the end is marked, a single token is S
//   bmes      S-PER O     O   B-LOC M-LOC E-LOC O      the same, inside written M
//
// Source: Ramshaw & Marcus 1995, cmp-lg/9505040 (iob1); Ratinov & Roth 2009, CoNLL, section 4 (iobes).  The two ways of
// reading are those of seqeval 1.2, and give the same spans for every sequence (tests/golden/spans).
// Threads  values and functions without state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::tasks {

enum class Scheme : std::uint8_t { kIob1, kIob2, kIobes, kBmes };
std::string_view scheme_name(Scheme scheme);               // "iob2"
std::optional<Scheme> find_scheme(std::string_view name);  // also "bio" (iob2) and "bioes" (iobes)

enum class Prefix : std::uint8_t { kOutside, kBegin, kInside, kEnd, kSingle };

struct Tag {
  Prefix prefix = Prefix::kOutside;
  std::string type;  // "PER"; empty for kOutside
  bool operator==(const Tag&) const = default;
};

struct Span {
  std::string type;
  std::int64_t begin = 0;  // token index
  std::int64_t end = 0;    // one past the last
  bool operator==(const Span&) const = default;
};

// "B-PER" -> {kBegin, "PER"}; a tag without a type ("B") has the type "_".
// Outcomes  kInvalidArgument: not "O" or a prefix of the scheme, or a prefix without its hyphen.
Result<Tag> parse_tag(std::string_view text, Scheme scheme);
Result<std::vector<Tag>> parse_tags(std::span<const std::string> texts, Scheme scheme);
std::string tag_text(const Tag& tag, Scheme scheme);
std::vector<std::string> tag_texts(std::span<const Tag> tags, Scheme scheme);

// conlleval's two questions about neighbours: does what `previous` belongs to end before `tag`, and does `tag` begin
// something?  The start and the end of a sequence are an outside tag.
bool ends_before(const Tag& previous, const Tag& tag);
bool begins_at(const Tag& previous, const Tag& tag);

// As conlleval reads: every sequence says something.  A tag that cannot go on what stands before it begins a span.
std::vector<Span> lenient_spans(std::span<const Tag> tags);
// Only what is right in the scheme counts: an iob2 span begins with B, an iobes span that never ends is none.
std::vector<Span> strict_spans(std::span<const Tag> tags, Scheme scheme);

// The tags of `token_count` tokens.  REQUIRES: spans in order, not empty, not overlapping, within the tokens.
std::vector<Tag> tags_of(std::span<const Span> spans, std::int64_t token_count, Scheme scheme);

// From one scheme's tags to another's; a broken sequence is read leniently.
std::vector<Tag> converted(std::span<const Tag> tags, Scheme to);

// The first tag that is not what the scheme would write for the spans read leniently; nothing: the sequence is right.
std::optional<std::size_t> first_broken(std::span<const Tag> tags, Scheme scheme);
// Makes a broken sequence a right one by that rule and returns how many tags changed; 0: it was right.
std::int64_t repair(std::vector<Tag>& tags, Scheme scheme);

}  // namespace yupu::tasks
