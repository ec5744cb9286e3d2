#include "serving/embedding_json.h"

#include <vector>

#include <gtest/gtest.h>

namespace yupu::serving {
namespace {

TEST(EmbeddingJson, NumbersAreShortAndReadBackToTheSameFloats) {
  const std::vector<float> vector = {0.1f, -1.5f, 1e-20f, 0.33333334f};
  const OrderedJson numbers = embedding_json(vector, false);
  EXPECT_EQ(numbers.get<std::vector<float>>(), vector);
  EXPECT_EQ(numbers.dump(), "[0.1,-1.5,1e-20,0.33333334]");
  EXPECT_EQ(embedding_json(std::vector<float>{1.0f}, true), "AACAPw==");  // 0x3f800000, low byte first
}

}  // namespace
}  // namespace yupu::serving
