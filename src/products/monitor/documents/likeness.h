// Whether two texts are one story: a reprint, a reprint with another title, one that was cut short, one that was edited
// a little. What was written anew about the same event is not found here.
//
//   units      words, and single ideographs        shingles   the set of 3 units in a row, hashed
//   whole      shingles of the text                lead       shingles of its first 40 units
//   numbers    the words of the text that begin with a digit
//
// Candidates: MinHash in bands (Broder 1997, "On the resemblance and containment of documents"; banding: Leskovec,
// Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4). 16 bands of 3 of the whole, of which two texts share
// one with probability 1 - (1 - J^3)^16 (0.88 at J = 0.5), and 8 bands of 3 of the lead.
// Decision, on the sets themselves: whole J >= 0.5 (0.8 where either has fewer than 30: headlines of two companies'
// reports differ in little more than a name), or four fifths of the shorter's shingles are in the longer and
// lead J >= 0.6. Beyond that, at least half of the numbers of whichever has fewer must be in the other: two days'
// market reports are one form with other numbers. Two events in one story are worse than one event in two.
// A text of fewer than 8 shingles is like no other.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace yupu::monitor {

struct Shingles {  // each ascending, without repetition
  std::vector<std::uint64_t> whole;
  std::vector<std::uint64_t> lead;
  std::vector<std::uint64_t> numbers;
  bool enough() const { return whole.size() >= 8; }
};
// Of a text that was folded (text/phrases).
Shingles shingles_of(std::string_view folded_text);

// Keys that two texts of one story share at least one of; none where there is not enough. Any bits, also the sign's.
std::vector<std::int64_t> bands_of(const Shingles& shingles);

// |A and B| / |A or B|; 0 of two empty sets.
double resemblance(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);
// Whether at least half of the numbers of whichever has fewer are in the other.
bool numbers_agree(const Shingles& a, const Shingles& b);
// How alike two texts of one story are, in (0, 1]; 0 where they are not one.
double likeness(const Shingles& a, const Shingles& b);

}  // namespace yupu::monitor
