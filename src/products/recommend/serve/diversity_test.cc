#include "products/recommend/serve/diversity.h"

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

std::vector<std::size_t> places(const std::vector<Choice>& choices, std::size_t count) {
  return diversified(choices, count);
}

TEST(Diversity, ByHand) {
  const std::vector<std::uint32_t> tea = {0}, bread = {1};
  // Worth 1, 0.631, 0.5, 0.431, 0.387.  First: 0.  Then 0.8*0.631 - 0.2 = 0.305 against 0.8*0.5 = 0.4: place 2, what is
  // very much alike gives way.  Then 0.8*0.631 - 0.2*0.5 = 0.405 is most, and the cap of two (half of four) is reached:
  // the bread that is left.  They stand in the order of their worth.
  const std::vector<Choice> choices = {{.tags = tea}, {.tags = tea}, {.tags = bread}, {.tags = tea}, {.tags = bread}};
  EXPECT_EQ(places(choices, 2), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(places(choices, 4), (std::vector<std::size_t>{0, 1, 2, 4}));
  // With nothing else left a cap gives way.
  const std::vector<Choice> same = {{.tags = tea}, {.tags = tea}};
  EXPECT_EQ(places(same, 5), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(places({}, 3).empty());
  // With vectors, these say how alike two are: 0.8*0.631 - 0.2*0.8 = 0.345 and 0.8*0.5 - 0 = 0.4, whatever their tags.
  const std::vector<float> x = {1.0f, 0.0f}, near = {0.8f, 0.6f}, back = {-1.0f, 0.0f};
  const std::vector<Choice> read = {{.tags = tea, .vector = x},
                                    {.tags = bread, .vector = near},
                                    {.tags = tea, .vector = back},
                                    {.tags = bread, .vector = near}};
  EXPECT_EQ(diversified(read, 2, {.tag_share = 1.0}), (std::vector<std::size_t>{0, 2}));
  // Age and lift are of the worth: 0.1, 0.631, 1.1; a cap of a tag's own holds, whatever is left.
  const std::vector<Choice> lifted = {{.tags = tea, .freshness = 0.1}, {.tags = bread}, {.tags = tea, .lift = 0.6}};
  EXPECT_EQ(diversified(lifted, 3, {.relevance = 1.0, .tag_share = 1.0}), (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(diversified(lifted, 3, {.relevance = 1.0, .tag_share = 1.0}, {{0, 1}}), (std::vector<std::size_t>{2, 1}));
  // The order as it is, and no caps.
  EXPECT_EQ(diversified(choices, 4, {.relevance = 1.0, .tag_share = 1.0}), (std::vector<std::size_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace yupu::recommend
