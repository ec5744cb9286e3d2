// Which parts of a document its sentiment is read from, and which of them speak of which topic.
//
//   title, text -> sentences (text/sentences) -> pieces of kPieceBytesMax at most, cut at commas where they can be
//   the document   every piece
//   a topic        the pieces that name it.  Where a sentence names several, it is cut into clauses: a clause that
//                  names none goes with the one before it (the first with the one behind it), neighbours that speak of
//                  the same topics stay together.  A topic that no piece names by itself has the document's.
//
// Title and text weigh the same where both say something; within each, pieces weigh by their length. Nothing of a text
// is left out, however long it is.    Threads: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "products/monitor/documents/topics.h"

namespace yupu::monitor {

inline constexpr std::size_t kPieceBytesMax = 300;  // about 100 ideographs or 75 words

struct Piece {
  std::size_t text = 0;  // index into Segments::texts
  double weight = 0;     // of one list they add up to 1
};

struct Segments {
  std::vector<std::string> texts;          // each is to be scored once
  std::vector<Piece> whole;                // not empty where title or text is not blank
  std::vector<std::vector<Piece>> topics;  // one for each asked for; empty: as the whole
};

Segments segments_of(std::string_view title, std::string_view text, const std::vector<std::string>& topics,
                     const TopicDictionary& dictionary);

}  // namespace yupu::monitor
