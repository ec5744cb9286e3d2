#include "engine/ops/embedding/embedding.h"

#include "engine/ops/add/add.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

PackedBatch two_sequences() {
  PackedBatch batch;
  batch.append({1, 3, 1}, {0, 0, 1}, 10);
  batch.append({4, 1}, {}, 11);
  batch.validate();
  return batch;
}

TEST(Embedding, SumsThreeTablesAndTheirGradients) {
  const PackedBatch batch = two_sequences();
  const Tensor words = random_tensor({5, 6}, 1), places = random_tensor({3, 6}, 2), types = random_tensor({2, 6}, 3);
  const OpUnderTest op = [&](Tape&, const std::vector<Var>& in) { return embedding(in[0], in[1], in[2], batch); };
  check_op(op, {words, places, types});
  const OpRun run = run_op(op, {words, places, types}, 1);
  EXPECT_FLOAT_EQ(run.output.values()[2 * 6 + 4],
                  words.values()[6 + 4] + places.values()[2 * 6 + 4] + types.values()[6 + 4]);
  for (std::size_t c = 0; c < 6; ++c) EXPECT_EQ(run.gradients[0].values()[2 * 6 + c], 0.0f);  // id 2 was not used
}

TEST(Embedding, TablesMayBeAbsent) {
  const PackedBatch batch = two_sequences();
  check_op([&](Tape&, const std::vector<Var>& in) { return embedding(in[0], Var(), Var(), batch); },
           {random_tensor({5, 6}, 1)});
}

TEST(EmbeddingDeath, AnIdOutsideTheTableIsABug) {
  const PackedBatch batch = two_sequences();
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  EXPECT_DEATH((void)embedding(tape.constant(Tensor::zeros({4, 6})), Var(), Var(), batch), "id 4 in the word table");
}

TEST(GatherRows, GradientsWithRepeats) {
  const std::vector<std::int32_t> indices = {3, 0, 3};
  check_op([&](Tape&, const std::vector<Var>& in) { return gather_rows(in[0], indices); }, {random_tensor({4, 5}, 1)});
}

TEST(MeanPool, Gradients) {
  const std::vector<std::int32_t> ends = {0, 3, 4, 9};
  const OpUnderTest op = [&](Tape&, const std::vector<Var>& in) { return mean_pool(in[0], ends); };
  const Tensor x = random_tensor({9, 5}, 1);
  check_op(op, {x});
  const OpRun run = run_op(op, {x}, 1);
  EXPECT_NEAR(run.output.values()[0], (x.values()[0] + x.values()[5] + x.values()[10]) / 3, 1e-6);
}

TEST(Add, GradientsOfSumsAndMultiples) {
  check_op([](Tape&, const std::vector<Var>& in) { return add(scale(in[0], -2.5f), in[1]); },
           {random_tensor({3, 7}, 1), random_tensor({3, 7}, 2)});
  check_op([](Tape&, const std::vector<Var>& in) { return add(add(in[0], in[0]), in[0]); }, {random_tensor({3, 7}, 1)});
}

TEST(PackedBatch, KeysOfRows) {
  const PackedBatch batch = two_sequences();
  const RowKeys tokens = token_rows(batch);
  EXPECT_EQ(tokens.sample_ids, (std::vector<std::uint64_t>{10, 10, 10, 11, 11}));
  EXPECT_EQ(tokens.positions, (std::vector<std::uint32_t>{0, 1, 2, 0, 1}));
  EXPECT_EQ(sequence_rows(batch).sample_ids, batch.sample_ids);
  EXPECT_EQ(first_tokens(batch), (std::vector<std::int32_t>{0, 3}));
}

}  // namespace
}  // namespace yupu::engine
