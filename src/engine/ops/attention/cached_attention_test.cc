#include "engine/ops/attention/cached_attention.h"

#include "engine/ops/attention/attention.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

constexpr int kHeads = 4;
constexpr std::int64_t kChannels = 32;

PackedBatch batch_of(const std::vector<std::int64_t>& lengths) {
  PackedBatch batch;
  for (const std::int64_t length : lengths)
    batch.append(std::vector<std::int32_t>(static_cast<std::size_t>(length), 1), {}, 0);
  return batch;
}

// Two sequences, given in parts: both prompts together (one longer than a block of queries), then a token or several of
// each, then of one alone.  Row for row what the whole sequences give at once.
TEST(CachedAttention, PartsGiveWhatTheWholeGives) {
  const std::vector<std::int64_t> lengths = {7, 150};
  const Tensor whole = random_tensor({157, 3 * kChannels}, 1);
  ExecutionContext context(2);
  Tape tape(context, Tape::Mode::kInference);
  const PackedBatch all = batch_of(lengths);
  const Var expected = attention(tape.constant(whole), all, {.heads = kHeads, .causal = true});

  std::vector<KeyValueCache> caches(2);
  for (std::size_t b = 0; b < 2; ++b) caches[b].rows = Tensor::empty({lengths[b], 2 * kChannels});
  std::vector<std::int64_t> done = {0, 0};
  const auto step = [&](const std::vector<std::int64_t>& counts) {
    std::vector<std::int64_t> present;
    std::vector<KeyValueCache*> of;
    std::vector<std::size_t> who;
    for (std::size_t b = 0; b < 2; ++b) {
      if (counts[b] == 0) continue;
      present.push_back(counts[b]);
      of.push_back(&caches[b]);
      who.push_back(b);
    }
    const PackedBatch batch = batch_of(present);
    const Tensor part = Tensor::empty({batch.token_count(), 3 * kChannels});
    for (std::size_t i = 0; i < who.size(); ++i) {
      const std::int64_t begin = all.cu_seqlens[who[i]] + done[who[i]];
      part.rows(batch.cu_seqlens[i], batch.cu_seqlens[i + 1]).copy_from(whole.rows(begin, begin + present[i]));
    }
    const Var y = cached_attention(tape.constant(part), batch, kHeads, of);
    for (std::size_t i = 0; i < who.size(); ++i) {
      const std::int64_t begin = all.cu_seqlens[who[i]] + done[who[i]];
      const auto rows = expected.value().rows(begin, begin + present[i]).values();
      expect_near(y.value().rows(batch.cu_seqlens[i], batch.cu_seqlens[i + 1]),
                  std::vector<double>(rows.begin(), rows.end()), "y");
      done[who[i]] += present[i];
    }
  };
  step({3, 140});
  step({1, 1});
  step({2, 4});
  step({0, 5});
  step({1, 0});
  EXPECT_EQ(done, lengths);
}

TEST(CachedAttentionDeath, FullCacheAndTraining) {
  ExecutionContext context(1);
  KeyValueCache cache{.rows = Tensor::empty({2, 2 * kChannels}), .count = 0};
  KeyValueCache* const caches[] = {&cache};
  const PackedBatch batch = batch_of({3});
  const Tensor qkv = random_tensor({3, 3 * kChannels}, 1);
  Tape inference(context, Tape::Mode::kInference);
  EXPECT_DEATH((void)cached_attention(inference.constant(qkv), batch, kHeads, caches), "a cache");
  Tape training(context, Tape::Mode::kTraining);
  EXPECT_DEATH((void)cached_attention(training.constant(qkv), batch, kHeads, caches), "no backward");
}

}  // namespace
}  // namespace yupu::engine
