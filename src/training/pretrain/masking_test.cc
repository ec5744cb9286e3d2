#include "training/pretrain/masking.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::training {
namespace {

constexpr std::int32_t kUnk = 1, kCls = 2, kSep = 3, kMask = 4, kWord = 5, kPiece = 6, kIdeograph = 7;

// Ids 5.. : a word, a continuation, an ideograph, then words up to 100.
std::unique_ptr<text::Tokenizer> tokenizer() {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "##s", "茶"};
  for (int i = 8; i < 100; ++i) vocabulary.push_back("w" + std::to_string(i));
  auto made = text::make_wordpiece(std::move(vocabulary));
  return std::move(*made);
}

struct Counts {
  std::int64_t tokens = 0, selected = 0, masked = 0, replaced = 0, kept = 0;
};

Counts count(const Masking& masking, const std::vector<std::int32_t>& ids, int repeats) {
  Counts counts;
  for (int i = 0; i < repeats; ++i) {
    std::vector<std::int32_t> shown = ids;
    const MaskedTokens masked = masking.apply(shown, 0, static_cast<std::uint64_t>(i));
    counts.tokens += static_cast<std::int64_t>(ids.size());
    counts.selected += static_cast<std::int64_t>(masked.positions.size());
    std::vector<std::int32_t> restored = shown;
    for (std::size_t k = 0; k < masked.positions.size(); ++k) {
      const auto at = static_cast<std::size_t>(masked.positions[k]);
      EXPECT_EQ(masked.labels[k], ids[at]);
      if (shown[at] == kMask) {
        ++counts.masked;
      } else if (shown[at] == ids[at]) {
        ++counts.kept;
      } else {
        ++counts.replaced;
      }
      restored[at] = masked.labels[k];
    }
    EXPECT_EQ(restored, ids) << "only the tokens named were touched";
  }
  return counts;
}

std::vector<std::int32_t> words(std::size_t size) {
  Rng rng(3);
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < size; ++i) ids.push_back(static_cast<std::int32_t>(8 + rng.below(92)));
  return ids;
}

TEST(Masking, FifteenInAHundredAndEightyTenTen) {
  const Masking masking(*tokenizer(), {.probability = 0.15, .seed = 9});
  const Counts counts = count(masking, words(200), 500);
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  EXPECT_NEAR(share(counts.selected, counts.tokens), 0.15, 0.005);
  EXPECT_NEAR(share(counts.masked, counts.selected), 0.8, 0.015);
  // A random token is now and then the one that stood there.
  EXPECT_NEAR(share(counts.replaced, counts.selected), 0.1 * 94 / 95, 0.01);
  EXPECT_NEAR(share(counts.kept, counts.selected), 0.1 + 0.1 / 95, 0.01);
}

TEST(Masking, SpecialTokensStayAndAreNeverDrawn) {
  const Masking masking(*tokenizer(), {.probability = 0.9, .seed = 1});
  std::int64_t seen = 0;
  for (std::uint64_t sample = 0; sample < 300; ++sample) {
    std::vector<std::int32_t> ids = {kCls, 10, kUnk, 20, 30, kSep};
    const MaskedTokens masked = masking.apply(ids, 0, sample);
    EXPECT_EQ(ids[0], kCls);
    EXPECT_EQ(ids[2], kUnk);
    EXPECT_EQ(ids[5], kSep);
    for (const std::size_t i : {1u, 3u, 4u}) {
      EXPECT_TRUE(ids[i] == kMask || ids[i] >= kWord) << ids[i];
      seen += ids[i] != kMask ? 1 : 0;
    }
  }
  EXPECT_GT(seen, 100);
}

TEST(Masking, AtLeastOneTokenOfAShortTextAndNoneOfNothing) {
  const Masking masking(*tokenizer(), {.probability = 0.01, .seed = 1});
  std::vector<bool> chosen(4);
  for (std::uint64_t sample = 0; sample < 100; ++sample) {
    std::vector<std::int32_t> ids = {kCls, 10, 20, kSep};
    const MaskedTokens masked = masking.apply(ids, 0, sample);
    ASSERT_GE(masked.positions.size(), 1u);
    chosen[static_cast<std::size_t>(masked.positions[0])] = true;
  }
  EXPECT_TRUE(chosen[1] && chosen[2]);
  std::vector<std::int32_t> nothing = {kCls, kSep};
  EXPECT_TRUE(masking.apply(nothing, 0, 0).positions.empty());
}

TEST(Masking, FollowsFromSeedEpochAndSampleAlone) {
  const auto positions = [](std::uint64_t seed, std::uint64_t epoch, std::uint64_t sample) {
    const Masking masking(*tokenizer(), {.seed = seed});
    std::vector<std::int32_t> ids = words(100);
    return masking.apply(ids, epoch, sample).positions;
  };
  EXPECT_EQ(positions(1, 0, 0), positions(1, 0, 0));
  EXPECT_NE(positions(1, 0, 0), positions(2, 0, 0));
  EXPECT_NE(positions(1, 0, 0), positions(1, 1, 0));
  EXPECT_NE(positions(1, 0, 0), positions(1, 0, 1));
}

TEST(Masking, SomeWordsOfATextAreDifferentOrdinaryAndDrawnAnew) {
  const Masking masking(*tokenizer(), {.seed = 9});
  const std::vector<std::int32_t> ids = {kCls, 20, 21, 20, kUnk, 22, 23, 24, 25, kSep};
  std::map<std::int32_t, int> drawn;
  for (std::uint64_t sample = 0; sample < 600; ++sample) {
    const auto words = masking.some_of(ids, 2, 1, sample);
    ASSERT_EQ(words.size(), 2u);
    EXPECT_LT(words[0], words[1]) << "ascending, no repeats";
    for (const std::int32_t word : words) ++drawn[word];
    EXPECT_EQ(words, masking.some_of(ids, 2, 1, sample));
  }
  ASSERT_EQ(drawn.size(), 6u);  // 20 to 25, no special one
  for (const auto& [word, times] : drawn) EXPECT_NEAR(times, 200, 60) << word;
  EXPECT_EQ(masking.some_of(ids, 100, 0, 0), (std::vector<std::int32_t>{20, 21, 22, 23, 24, 25}));
  EXPECT_TRUE(masking.some_of(ids, 0, 0, 0).empty());
  EXPECT_TRUE(masking.some_of(std::vector<std::int32_t>{kCls, kSep}, 3, 0, 0).empty());
}

TEST(Masking, WholeWordsGoTogether) {
  const Masking masking(*tokenizer(), {.probability = 0.3, .whole_word = true, .seed = 2});
  for (std::uint64_t sample = 0; sample < 200; ++sample) {
    std::vector<std::int32_t> ids = {kCls, kWord, kPiece, kPiece, 10, kWord, kPiece, kSep};
    const auto masked = masking.apply(ids, 0, sample).positions;
    const auto has = [&](std::int32_t position) { return std::ranges::count(masked, position) == 1; };
    EXPECT_EQ(has(1), has(2));
    EXPECT_EQ(has(1), has(3));
    EXPECT_EQ(has(5), has(6));
  }
}

TEST(Masking, RunsOfIdeographsAreHiddenInGroupsOfOneToThree) {
  const Masking masking(*tokenizer(), {.probability = 0.05, .whole_word = true, .seed = 2});
  std::vector<std::int64_t> runs(10);
  for (std::uint64_t sample = 0; sample < 2000; ++sample) {
    std::vector<std::int32_t> ids(30, kIdeograph);
    const auto masked = masking.apply(ids, 0, sample).positions;
    for (std::size_t i = 0, length = 1; i < masked.size(); ++i, ++length) {
      if (i + 1 < masked.size() && masked[i + 1] == masked[i] + 1) continue;
      ++runs[std::min<std::size_t>(length, 9)];
      length = 0;
    }
  }
  for (const std::size_t length : {1u, 2u, 3u}) EXPECT_GT(runs[length], 400) << length;
  EXPECT_LT(runs[4] + runs[5] + runs[6], 400);  // two groups that happen to touch
}

}  // namespace
}  // namespace yupu::training
