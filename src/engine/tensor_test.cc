#include "engine/tensor.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "engine/error.h"

namespace yupu::engine {
namespace {

TEST(Tensor, AViewKeepsItsMemoryAndSharesIt) {
  auto values = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, 4, 5, 6});
  const std::weak_ptr<std::vector<float>> watch = values;
  float* const data = values->data();
  Tensor row;
  {
    const Tensor view = Tensor::over({2, 3}, DType::kF32, data, std::move(values));
    EXPECT_EQ(view.f32(), data);
    EXPECT_EQ(view.byte_count(), 24u);
    row = view.rows(1, 2);
  }
  ASSERT_FALSE(watch.expired());
  EXPECT_EQ(row.values()[2], 6);
  row.values()[0] = 7;
  EXPECT_EQ(data[3], 7);
  row = Tensor();
  EXPECT_TRUE(watch.expired());
}

TEST(Tensor, HandlesShareAndClonesCopy) {
  const Tensor a = Tensor::from({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor b = a;  // NOLINT(performance-unnecessary-copy-initialization): the handle is what is tested
  const Tensor c = a.clone();
  a.values()[0] = 10;
  EXPECT_EQ(b.values()[0], 10);
  EXPECT_EQ(c.values()[0], 1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.bytes()) % 64, 0u);
}

TEST(Tensor, RowsAndReshapeAreViews) {
  const Tensor a = Tensor::from({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor middle = a.rows(1, 2);
  EXPECT_EQ(middle.shape(), Shape({1, 2}));
  EXPECT_EQ(middle.values()[0], 3);
  middle.values()[1] = 40;
  EXPECT_EQ(a.reshape({6}).values()[3], 40);
  EXPECT_EQ(a.size(-1), 2);
}

TEST(Tensor, SelfAndMoveAssignment) {
  Tensor a = Tensor::from({2}, {1, 2});
  const Tensor& alias = a;
  a = alias;
  EXPECT_EQ(a.values()[1], 2);
  Tensor b = std::move(a);
  a = b;
  b = Tensor();
  EXPECT_FALSE(b.defined());
  EXPECT_EQ(a.values()[0], 1);
}

TEST(TensorDeath, WrongDtypeAndShapeAreBugs) {
  const Tensor a = Tensor::zeros({2, 2}, DType::kI32);
  EXPECT_DEATH((void)a.f32(), "i32, not f32");
  EXPECT_DEATH((void)a.reshape({5}), "reshape of");
  EXPECT_DEATH((void)a.rows(1, 3), "rows");
}

TEST(Pool, ReusesBlocks) {
  Pool pool;
  { const Tensor a = Tensor::zeros({100, 100}, DType::kF32, &pool); }
  { const Tensor b = Tensor::zeros({99, 100}, DType::kF32, &pool); }  // the same bucket
  EXPECT_EQ(pool.statistics().requests_total, 2u);
  EXPECT_EQ(pool.statistics().misses_total, 1u);
  EXPECT_EQ(pool.statistics().bytes_in_use, 0u);
  pool.trim();
  EXPECT_EQ(pool.statistics().bytes_held, 0u);
}

TEST(Pool, BlocksOutliveThePool) {
  Tensor kept;
  {
    Pool pool;
    kept = Tensor::full({1000}, 3, &pool);
  }
  EXPECT_EQ(kept.values()[999], 3);
}

TEST(Pool, LimitThrowsAndTrimsFirst) {
  Pool pool(1 << 20);
  { const Tensor a = Tensor::empty({200 * 1024}, DType::kF32, &pool); }
  { const Tensor b = Tensor::empty({150 * 1024}, DType::kF32, &pool); }  // fits once the kept block is returned
  EXPECT_THROW((void)Tensor::empty({300 * 1024}, DType::kF32, &pool), EngineError);
  const Tensor again = Tensor::empty({200 * 1024}, DType::kF32, &pool);
  EXPECT_TRUE(again.defined());
}

TEST(Pool, EveryBucketHoldsWhatItPromises) {
  Pool pool;
  for (std::int64_t bytes = 1; bytes < 9000; bytes += 7) {
    const Tensor a = Tensor::empty({bytes}, DType::kI8, &pool);
    a.i8()[bytes - 1] = 1;
  }
  EXPECT_LT(pool.statistics().misses_total, 50u);
}

}  // namespace
}  // namespace yupu::engine
