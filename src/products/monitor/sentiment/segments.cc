#include "products/monitor/sentiment/segments.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "text/phrases/phrases.h"
#include "text/sentences/sentences.h"

namespace yupu::monitor {
namespace {

using text::Span;
using Names = std::vector<std::string>;  // of topics, sorted

// What stands between two clauses, in the order in which it is looked for at a place.
constexpr std::array<std::string_view, 4> kMarks = {"，", "；", ", ", "; "};
constexpr std::array<std::string_view, 9> kTurns = {"但是",    "不过",      "然而",       "而",       " but ",
                                                    " while ", " whereas ", " although ", " however "};
// A clause shorter than this is one name of an enumeration ("A, B and C fell"): it goes with what follows.
constexpr std::size_t kClauseBytesMin = 18;

bool stands_at(std::string_view text, std::size_t at, std::string_view what) {
  return text.substr(at, what.size()) == what;
}

// Where the text may be cut, behind a mark or before a turn: in order, neither 0 nor the end.
std::vector<std::size_t> cuts_of(std::string_view text) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const std::string_view mark : kMarks) {
      if (stands_at(text, at, mark)) cuts.push_back(at + mark.size());
    }
    for (const std::string_view turn : kTurns) {
      if (stands_at(text, at, turn)) cuts.push_back(at);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  while (!cuts.empty() && cuts.back() >= text.size()) cuts.pop_back();
  if (!cuts.empty() && cuts.front() == 0) cuts.erase(cuts.begin());
  return cuts;
}

std::vector<Span> clauses_of(std::string_view text) {
  std::vector<Span> clauses;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts_of(text)) {
    if (cut - begin < kClauseBytesMin) continue;
    clauses.push_back({begin, cut});
    begin = cut;
  }
  clauses.push_back({begin, text.size()});
  return clauses;
}

// The beginning of a code point, at or before `at`.
std::size_t whole_before(std::string_view text, std::size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

// A sentence in pieces of kPieceBytesMax at most.
std::vector<Span> pieces_of(std::string_view text, Span sentence) {
  std::vector<Span> pieces;
  std::size_t begin = sentence.begin;
  while (sentence.end - begin > kPieceBytesMax) {
    const std::string_view rest = text.substr(begin, kPieceBytesMax);
    const std::vector<std::size_t> cuts = cuts_of(rest);
    std::size_t length = cuts.empty() ? rest.find_last_of(" \t") : cuts.back();
    if (length == std::string_view::npos || length == 0) length = whole_before(text, begin + kPieceBytesMax) - begin;
    if (length == 0) length = kPieceBytesMax;  // no code point is that long: the text is no UTF-8
    pieces.push_back({begin, begin + length});
    begin += length;
  }
  pieces.push_back({begin, sentence.end});
  return pieces;
}

class Cutter {
 public:
  Cutter(const Names& topics, const TopicDictionary& dictionary) : topics_(topics), dictionary_(dictionary) {
    segments_.topics.resize(topics.size());
  }

  void add(std::string_view text, double weight) {
    const std::size_t whole_begin = segments_.whole.size();
    std::vector<std::size_t> topic_begins;
    for (const auto& pieces : segments_.topics) topic_begins.push_back(pieces.size());
    for (const Span sentence : text::sentences(text)) {
      for (const Span piece : pieces_of(text, sentence)) add_piece(text.substr(piece.begin, piece.end - piece.begin));
    }
    level(segments_.whole, whole_begin, weight);
    for (std::size_t i = 0; i < topic_begins.size(); ++i) level(segments_.topics[i], topic_begins[i], weight);
  }

  Segments finish() {
    level(segments_.whole, 0, 1);
    for (auto& pieces : segments_.topics) level(pieces, 0, 1);
    return std::move(segments_);
  }

 private:
  // Weights from `begin` on add up to `sum`.
  static void level(std::vector<Piece>& pieces, std::size_t begin, double sum) {
    double all = 0;
    for (std::size_t i = begin; i < pieces.size(); ++i) all += pieces[i].weight;
    if (all <= 0) return;
    for (std::size_t i = begin; i < pieces.size(); ++i) pieces[i].weight *= sum / all;
  }

  std::size_t keep(std::string_view text) {
    const auto [place, is_new] = known_.try_emplace(std::string(text), segments_.texts.size());
    if (is_new) segments_.texts.emplace_back(text);
    return place->second;
  }

  // Those of the topics asked for.
  Names named_in(std::string_view text) const {
    Names found = dictionary_.named_in(text::fold_phrase(text));
    std::erase_if(found, [&](const std::string& name) {
      return std::find(topics_.begin(), topics_.end(), name) == topics_.end();
    });
    std::sort(found.begin(), found.end());
    return found;
  }

  void give(const Names& names, std::string_view text) {
    const Piece piece{.text = keep(text), .weight = static_cast<double>(text.size())};
    for (std::size_t i = 0; i < topics_.size(); ++i) {
      if (std::binary_search(names.begin(), names.end(), topics_[i])) segments_.topics[i].push_back(piece);
    }
  }

  void add_piece(std::string_view text) {
    if (text.empty()) return;
    segments_.whole.push_back({.text = keep(text), .weight = static_cast<double>(text.size())});
    const Names named = named_in(text);
    if (named.size() < 2) return give(named, text);
    struct Part {
      Span span;
      Names names;
    };
    std::vector<Part> parts;
    for (const Span clause : clauses_of(text)) {
      Names names = named_in(text.substr(clause.begin, clause.end - clause.begin));
      if (!parts.empty() && (names.empty() || parts.back().names.empty() || names == parts.back().names)) {
        parts.back().span.end = clause.end;
        if (parts.back().names.empty()) parts.back().names = std::move(names);
      } else {
        parts.push_back({clause, std::move(names)});
      }
    }
    for (const Part& part : parts) give(part.names, text.substr(part.span.begin, part.span.end - part.span.begin));
  }

  const Names& topics_;
  const TopicDictionary& dictionary_;
  Segments segments_;
  std::map<std::string, std::size_t> known_;
};

}  // namespace

Segments segments_of(std::string_view title, std::string_view text, const std::vector<std::string>& topics,
                     const TopicDictionary& dictionary) {
  Cutter cutter(topics, dictionary);
  cutter.add(title, 1);
  cutter.add(text, 1);
  return cutter.finish();
}

}  // namespace yupu::monitor
