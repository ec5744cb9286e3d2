#include "text/tokenizers/wordpiece/piece_trie.h"

#include <set>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::text {
namespace {

using Pieces = std::vector<PieceTrie::Piece>;

void expect_the_same(const PieceTrie& trie, const std::string& word) {
  Pieces linear, obvious;
  const bool cut = trie.split(word, linear);
  ASSERT_EQ(cut, trie.split_by_rescanning(word, obvious)) << word;
  if (cut) {
    EXPECT_EQ(linear, obvious) << word;
  }
}

TEST(PieceTrie, TheExampleOfThePaper) {
  // Song et al. 2021, figure 1.
  const std::vector<std::string> vocabulary{"a", "abcdx", "##b", "##c", "##cdy", "##dz"};
  const PieceTrie trie(vocabulary);
  Pieces pieces;
  ASSERT_TRUE(trie.split("abcdz", pieces));
  EXPECT_EQ(pieces, (Pieces{{0, 1}, {2, 1}, {3, 1}, {5, 2}}));
  pieces.clear();
  EXPECT_FALSE(trie.split("abcd", pieces));
  pieces.clear();
  EXPECT_TRUE(trie.split("", pieces));
  EXPECT_TRUE(pieces.empty());
  EXPECT_FALSE(trie.split("x", pieces));
}

// Two letters and long pieces: almost everything almost matches.
TEST(PieceTrie, CutsAsRescanningDoes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed, 0);
    const auto random_word = [&](std::uint64_t longest) {
      std::string word;
      for (std::uint64_t i = 1 + rng.below(longest); i > 0; --i) word.push_back(static_cast<char>('a' + rng.below(2)));
      return word;
    };
    std::set<std::string> pieces{"a"};
    for (int i = 0; i < 30; ++i) pieces.insert((rng.below(2) == 0 ? "##" : "") + random_word(9));
    if (seed % 2 == 0) pieces.insert({"##a", "##b", "b"});  // else some words cannot be cut
    const PieceTrie trie(std::vector<std::string>(pieces.begin(), pieces.end()));
    for (int i = 0; i < 200; ++i) expect_the_same(trie, random_word(40));
  }
}

TEST(PieceTrie, CutsBytesAboveAsciiAsRescanningDoes) {
  const PieceTrie trie(std::vector<std::string>{"\u4f60", "\u4f60\u597d", "##\u597d", "##\u597d\u5417", "##\u5417"});
  for (const char* word :
       {"\u4f60\u597d\u5417", "\u4f60\u5417\u597d\u5417", "\u597d", "\u4f60\u4f60", "\u4f60\u597d\u597d"}) {
    expect_the_same(trie, word);
  }
}

}  // namespace
}  // namespace yupu::text
