#include "training/pretrain/pretrain.h"

#include <cmath>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "tasks/classify/classifier.h"
#include "tasks/mlm/masked_model.h"
#include "training/ranks_testing.h"

namespace yupu::training {
namespace {

using ::testing::HasSubstr;

// Sentences with a grammar to learn: the fruit decides the colour.
std::string sentences(int count) {
  const std::vector<std::string> fruits = {"lemon", "cherry", "plum", "lime"};
  const std::vector<std::string> colours = {"yellow", "red", "blue", "green"};
  const std::vector<std::string> places = {"kitchen", "garden", "shop"};
  Rng rng(4);
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::size_t fruit = rng.below(fruits.size());
    text += "the " + fruits[fruit] + " in the " + places[rng.below(places.size())] + " is " + colours[fruit] + ".\n";
    if (i % 10 == 9) text += "\n";
  }
  return text;
}

PretrainOptions quick_options(const yupu::testing::TempDir& dir, const std::string& out) {
  PretrainOptions options;
  const std::string path = dir.file("corpus.txt");
  EXPECT_TRUE(write_file_atomic(path, sentences(200) + "柠檬是黄色的。樱桃是红色的。\n").ok());
  options.corpus = {path};
  options.config = "tiny";
  options.vocab_size = 150;
  options.out = dir.file(out);
  options.steps = 12;
  options.batch_tokens = 128;
  options.max_length = 24;
  options.valid_share = 0.1;
  options.whole_word = true;
  options.first_token_words = 2;
  options.threads = 2;
  return options;
}

Result<PretrainResult> run(const PretrainOptions& options) {
  handoff::SilentProgress progress;
  return pretrain(options, progress);
}

TEST(Pretrain, LearnsAGrammarAndMakesABase) {
  const yupu::testing::TempDir dir;
  PretrainOptions options = quick_options(dir, "out");
  options.steps = 150;
  options.lr = 3e-3;
  const auto result = run(options);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_EQ(result->steps, 150);
  EXPECT_GT(result->valid.masked, 20);
  EXPECT_LT(result->valid.loss, 2.0);  // ln(150) = 5.0 before
  EXPECT_GT(result->valid.accuracy, 0.5);
  EXPECT_FALSE(file_exists(options.out + "/.state"));
  const auto classifier = tasks::Classifier::from_base(options.out, {.labels = {"a", "b"}, .max_length = 20});
  EXPECT_TRUE(classifier.ok()) << classifier.status().to_string();
}

TEST(Pretrain, ThreadsChangeNothing) {
  const yupu::testing::TempDir dir;
  PretrainOptions one = quick_options(dir, "one");
  one.threads = 1;
  const auto a = run(one);
  const auto b = run(quick_options(dir, "two"));
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->weights_sha256, b->weights_sha256);
}

TEST(Pretrain, StoppedAndKilledRunsEndWithTheSameBits) {
  const yupu::testing::TempDir dir;
  const auto whole = run(quick_options(dir, "whole"));
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();

  PretrainOptions stopped = quick_options(dir, "stopped");
  int asked = 0;
  stopped.stop_requested = [&asked] { return ++asked == 5; };
  EXPECT_EQ(run(stopped).status().code(), Code::kUnavailable);
  EXPECT_TRUE(file_exists(stopped.out + "/yupu.json")) << "a stopped run leaves a usable model";
  const auto resumed = run(quick_options(dir, "stopped"));
  ASSERT_TRUE(resumed.ok()) << resumed.status().to_string();
  EXPECT_EQ(resumed->resumed_at_step, 5);
  EXPECT_EQ(resumed->weights_sha256, whole->weights_sha256);
  EXPECT_EQ(resumed->tokens_seen, whole->tokens_seen);

  PretrainOptions killed = quick_options(dir, "killed");
  killed.checkpoint_seconds = 0.0;
  killed.threads = 1;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    killed.after_step = [](std::int64_t step) {
      if (step == 9) ::kill(::getpid(), SIGKILL);
    };
    (void)run(killed);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto after_kill = run(killed);
  ASSERT_TRUE(after_kill.ok()) << after_kill.status().to_string();
  EXPECT_GT(after_kill->resumed_at_step, 0);
  EXPECT_EQ(after_kill->weights_sha256, whole->weights_sha256);
}

TEST(Pretrain, AStableRunMayBeLengthenedAndDecayedAtWill) {
  const yupu::testing::TempDir dir;
  PretrainOptions options = quick_options(dir, "long");
  options.schedule = PretrainSchedule::kStable;
  options.warmup_steps = 2;
  options.decay_steps = 4;
  options.steps = 16;
  const auto whole = run(options);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();

  // The same in two commands: ended after 10 updates, 4 of them with a falling rate, then lengthened.
  options.out = dir.file("short");
  options.steps = 10;
  const auto ended = run(options);
  ASSERT_TRUE(ended.ok()) << ended.status().to_string();
  EXPECT_EQ(ended->steps, 10);
  options.steps = 16;
  const auto lengthened = run(options);
  ASSERT_TRUE(lengthened.ok()) << lengthened.status().to_string();
  EXPECT_EQ(lengthened->resumed_at_step, 6) << "from before the decay";
  EXPECT_EQ(lengthened->weights_sha256, whole->weights_sha256);

  // Stopped in the middle, then told to end: the rate falls over the next 4 updates.
  options.out = dir.file("early");
  options.steps = 1000;
  int asked = 0;
  options.stop_requested = [&asked] { return ++asked == 6; };
  EXPECT_EQ(run(options).status().code(), Code::kUnavailable);
  options.decay_now = true;
  options.stop_requested = {};
  const auto early = run(options);
  ASSERT_TRUE(early.ok()) << early.status().to_string();
  EXPECT_EQ(early->steps, 10);
  EXPECT_EQ(early->weights_sha256, ended->weights_sha256);
}

TEST(Pretrain, Bf16LearnsToo) {
  const yupu::testing::TempDir dir;
  PretrainOptions options = quick_options(dir, "f32");
  options.steps = 40;
  options.lr = 3e-3;
  const auto exact = run(options);
  options.out = dir.file("bf16");
  options.precision = engine::Precision::kBf16;
  const auto rounded = run(options);
  ASSERT_TRUE(exact.ok() && rounded.ok());
  EXPECT_NEAR(rounded->valid.loss, exact->valid.loss, 0.1);
  const bool differs = engine::supported_precision(options.precision) == engine::Precision::kBf16;
  EXPECT_EQ(rounded->weights_sha256 != exact->weights_sha256, differs);
}

// Of the first token of a text, with nothing hidden: the mean log probability of the text's own words.
double words_at_first_token(const std::string& directory) {
  const auto model = tasks::MaskedModel::load(directory, 1, 0.0f);
  EXPECT_TRUE(model.ok()) << model.status().to_string();
  const auto encoded = (*model)->tokenizer().encode("the lemon in the garden is yellow.");
  engine::PackedBatch packed;
  packed.append(encoded.ids, {}, 0);
  const model::EncoderBatch batch(std::move(packed));
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  const engine::Tensor logits = (*model)->logits(tape, batch, std::vector<std::int32_t>{0}).value();
  const std::span<const float> row = logits.values();
  double sum = 0.0;
  for (const float logit : row) sum += std::exp(double{logit});
  double mean = 0.0;
  const auto words = std::span(encoded.ids).subspan(1, encoded.ids.size() - 2);
  for (const std::int32_t id : words) mean += double{row[static_cast<std::size_t>(id)]} - std::log(sum);
  return mean / static_cast<double>(words.size());
}

TEST(Pretrain, TheFirstTokenLearnsWhichWordsStandThere) {
  const yupu::testing::TempDir dir;
  PretrainOptions options = quick_options(dir, "asked");
  options.steps = 120;
  options.lr = 3e-3;
  options.first_token_words = 3;
  ASSERT_TRUE(run(options).ok());
  PretrainOptions unasked = options;
  unasked.out = dir.file("unasked");
  unasked.first_token_words = 0;
  ASSERT_TRUE(run(unasked).ok());
  EXPECT_GT(words_at_first_token(options.out), words_at_first_token(unasked.out) + 1.0);
}

TEST(Pretrain, GoesOnFromABaseWithItsTokenizer) {
  const yupu::testing::TempDir dir;
  PretrainOptions first = quick_options(dir, "first");
  ASSERT_TRUE(run(first).ok());
  PretrainOptions second = quick_options(dir, "second");
  second.base = first.out;
  second.vocab_size = 90;  // of no account
  const auto result = run(second);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_GT(result->vocab_size, 90);
  EXPECT_EQ(*read_file(first.out + "/vocab.txt"), *read_file(second.out + "/vocab.txt"));
}

TEST(Pretrain, DivergenceIsSaidAndTheLastModelStays) {
  const yupu::testing::TempDir dir;
  const PretrainOptions first = quick_options(dir, "base");
  ASSERT_TRUE(run(first).ok());
  const auto base = tasks::MaskedModel::load(first.out, 1, 0.0f);
  ASSERT_TRUE(base.ok());
  for (const engine::Parameter* parameter : (*base)->parameters()) {
    if (parameter->name == "cls.predictions.transform.LayerNorm.weight") parameter->value.fill(3e38f);
    if (parameter->name == "cls.predictions.transform.LayerNorm.bias") parameter->value.fill(3e38f);
  }  // finite, the logits are not
  ASSERT_TRUE((*base)->save(first.out, Json::object()).ok());
  PretrainOptions options = quick_options(dir, "out");
  options.base = first.out;
  const auto result = run(options);
  EXPECT_EQ(result.status().code(), Code::kInternal);
  EXPECT_THAT(result.status().message(), HasSubstr("update 1: the loss is"));
  EXPECT_THAT(result.status().message(), HasSubstr("training has diverged"));
}

TEST(Pretrain, BadInputIsNamed) {
  const yupu::testing::TempDir dir;
  const PretrainOptions good = quick_options(dir, "out");
  const auto field = [](const PretrainOptions& options) { return run(options).status().field(); };
  PretrainOptions options = good;
  options.corpus.clear();
  EXPECT_EQ(field(options), "corpus");
  options = good;
  options.mask_probability = 0.0;
  EXPECT_EQ(field(options), "mask_probability");
  options = good;
  options.first_token_words = -1;
  EXPECT_EQ(field(options), "first_token_words");
  options = good;
  options.config = "enormous";
  EXPECT_EQ(field(options), "config");
  options = good;
  options.decay_now = true;
  EXPECT_EQ(field(options), "decay_now");
  options = good;
  options.vocab = dir.file("vocab.txt");
  ASSERT_TRUE(write_file_atomic(options.vocab, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nlemon\n").ok());
  EXPECT_EQ(field(options), "vocab") << "no [MASK]";
  ASSERT_TRUE(write_file_atomic(options.vocab, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nlemon\n").ok());
  options.config = dir.file("config.json");
  ASSERT_TRUE(write_file_atomic(options.config,
                                R"({"model_type": "bert", "vocab_size": 7, "hidden_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 24, "type_vocab_size": 2})")
                  .ok());
  EXPECT_EQ(field(options), "vocab_size");
  options.vocab.clear();
  options.max_length = 25;
  EXPECT_EQ(field(options), "max_length") << "more than the positions of config.json";
}

std::vector<Result<PretrainResult>> run_on(int size, const PretrainOptions& options, std::int64_t lose_at = -1) {
  return testing::on_ranks(size, [&](int rank, engine::ThreadGroup& group) {
    PretrainOptions own = options;
    own.collective = &group.member(rank);
    own.threads = 1;
    own.after_step = [&, rank](std::int64_t step) {
      if (rank == 1 && step == lose_at) group.lose(rank);
    };
    return run(own);
  });
}

TEST(Pretrain, RanksShareEveryUpdate) {
  const yupu::testing::TempDir dir;
  const auto one = run(quick_options(dir, "one"));
  ASSERT_TRUE(one.ok()) << one.status().to_string();
  const auto three = run_on(3, quick_options(dir, "three"));
  for (const auto& result : three) {
    ASSERT_TRUE(result.ok()) << result.status().to_string();
    EXPECT_EQ(result->weights_sha256, three.front()->weights_sha256);
    EXPECT_EQ(result->tokens_seen, one->tokens_seen);
    EXPECT_EQ(result->valid.masked, one->valid.masked);
    EXPECT_NEAR(result->train_loss, one->train_loss, 1e-5);
    EXPECT_NEAR(result->valid.loss, one->valid.loss, 1e-4);
  }
  const auto lost = run_on(3, quick_options(dir, "lost"), 4);
  EXPECT_THAT(lost.front().status().message(), HasSubstr("rank 1 was lost"));
  const auto again = run_on(3, quick_options(dir, "lost"));
  ASSERT_TRUE(again.front().ok()) << again.front().status().to_string();
  EXPECT_GE(again.front()->resumed_at_step, 3);
  EXPECT_EQ(again.front()->weights_sha256, three.front()->weights_sha256);
}

}  // namespace
}  // namespace yupu::training
