#include "products/recommend/serve/diversity.h"

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

std::vector<std::size_t> places(const std::vector<Choice>& choices, std::size_t count) {
  return diversified(choices, count);
}

TEST(Diversity, ByHand) {
  const std::vector<std::uint32_t> tea = {0}, bread = {1};
  // Relevance 1, 0.9, 0.5, 0.8, 0.  First: 0.  Then 0.8*0.9 - 0.2*1 = 0.52 against 0.8*0.5 - 0 = 0.4: place 1, and the
  // cap of two (half of four) is reached: place 2, which is bread, then the bread that is left.
  const std::vector<Choice> choices = {{.score = 1.0f, .tags = tea},
                                       {.score = 0.9f, .tags = tea},
                                       {.score = 0.5f, .tags = bread},
                                       {.score = 0.8f, .tags = tea},
                                       {.score = 0.0f, .tags = bread}};
  EXPECT_EQ(places(choices, 4), (std::vector<std::size_t>{0, 1, 2, 4}));
  // What is very much alike and little better gives way: 0.8*0.7 - 0.2 = 0.36 against 0.8*0.5 = 0.4.
  const std::vector<Choice> close = {{.score = 1.0f, .tags = tea},
                                     {.score = 0.7f, .tags = tea},
                                     {.score = 0.5f, .tags = bread},
                                     {.score = 0.0f, .tags = tea}};
  EXPECT_EQ(places(close, 3), (std::vector<std::size_t>{0, 2, 1}));
  // With nothing else left a cap gives way.
  const std::vector<Choice> same = {{.score = 2.0f, .tags = tea}, {.score = 2.0f, .tags = tea}};
  EXPECT_EQ(places(same, 5), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(places({}, 3).empty());
  // With vectors, these say how alike two are: 0.8*0.7 - 0.2*0.8 = 0.4 and 0.8*0.6 - 0 = 0.48, whatever their tags.
  const std::vector<float> x = {1.0f, 0.0f}, near = {0.8f, 0.6f}, back = {-1.0f, 0.0f};
  const std::vector<Choice> read = {{.score = 1.0f, .tags = tea, .vector = x},
                                    {.score = 0.7f, .tags = bread, .vector = near},
                                    {.score = 0.6f, .tags = tea, .vector = back},
                                    {.score = 0.0f, .tags = bread, .vector = near}};
  EXPECT_EQ(diversified(read, 2, {.tag_share = 1.0}), (std::vector<std::size_t>{0, 2}));
  // Age and lift are of the relevance; a cap of a tag's own holds, whatever is left.
  const std::vector<Choice> lifted = {{.score = 1.0f, .tags = tea, .freshness = 0.1},
                                      {.score = 0.5f, .tags = bread},
                                      {.score = 0.0f, .tags = tea, .lift = 0.6}};
  EXPECT_EQ(diversified(lifted, 3, {.relevance = 1.0, .tag_share = 1.0}), (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(diversified(lifted, 3, {.relevance = 1.0, .tag_share = 1.0}, {{0, 1}}), (std::vector<std::size_t>{2, 1}));
  // The score alone, and no caps.
  EXPECT_EQ(diversified(choices, 4, {.relevance = 1.0, .tag_share = 1.0}), (std::vector<std::size_t>{0, 1, 3, 2}));
}

}  // namespace
}  // namespace yupu::recommend
