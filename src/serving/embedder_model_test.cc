// Real directories behind the host: an embedder, a classifier and a model of pairs, each asked for what it gives.
#include "serving/embedder_model.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "serving/ranker_model.h"
#include "tasks/classify/classifier.h"
#include "tasks/embed/embedder.h"
#include "tasks/pairs/pair_model.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::serving {
namespace {

std::unique_ptr<text::Tokenizer> tokenizer() {
  auto made = text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "tea", "cup", "refund", "茶"});
  CHECK(made.ok(), made.status().message());
  return std::move(*made);
}

model::EncoderConfig config() {
  model::EncoderConfig config;
  config.vocab_size = 8;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  return config;
}

TEST(EmbedderModel, BothKindsAreServedByWhatTheyAre) {
  log::set_level(log::Level::kNone);
  const yupu::testing::TempDir dir;
  const auto embedder = tasks::Embedder::create(config(), tokenizer(), {.seed = 3, .max_length = 16});
  ASSERT_TRUE(embedder.ok()) << embedder.status().to_string();
  ASSERT_TRUE((*embedder)->save(dir.file("vectors")).ok());
  const auto classifier =
      tasks::Classifier::create(config(), tokenizer(), {.labels = {"a", "b"}, .seed = 3, .max_length = 16});
  ASSERT_TRUE((*classifier)->save(dir.file("labels")).ok());

  engine::ExecutionContext context(2);
  Metrics metrics;
  EngineWorker worker(metrics, {});
  const SystemClock clock;
  tasks::BaseCache bases;
  ModelHost host(clock, worker, metrics, text_model_loader(context, bases), {"v", "l"});
  ASSERT_TRUE(host.load("v", "rel_1", dir.file("vectors"), (*embedder)->weights_sha256()).ok());
  ASSERT_TRUE(host.load("l", "rel_1", dir.file("labels"), (*classifier)->weights_sha256()).ok());
  EXPECT_EQ(host.find("v")->model->card().kind(), ModelCard::Kind::kVectors);
  EXPECT_EQ(host.find("v")->model->card().embedding_width, 16);
  EXPECT_EQ(host.find("l")->model->card().kind(), ModelCard::Kind::kScores);

  const auto model = host.find("v");
  const std::vector<std::string> texts = {"tea", "cup tea refund", "茶"};
  EngineCall call{.model = model->model, .texts = {}, .deadline_ns = clock.monotonic_ns() + 20'000'000'000};
  std::vector<text::Encoding> encodings;
  for (const std::string& text : texts) {
    call.texts.push_back(model->model->encode(text));
    encodings.push_back((*embedder)->encode(text));
  }
  const auto outcome = worker.run(std::move(call));
  ASSERT_TRUE(outcome.ok()) << outcome.status().to_string();
  engine::ExecutionContext own(1);
  EXPECT_EQ(outcome->logits, *(*embedder)->embed(own, encodings));
  EXPECT_EQ(host.load("v", "rel_2", dir.file("nothing")).code(), Code::kNotFound);
  EXPECT_EQ(host.find("v")->release_id, "rel_1");
}

TEST(RankerModel, GivesTheRelevanceOfItsPairs) {
  const yupu::testing::TempDir dir;
  const auto pairs = tasks::PairModel::create(
      config(), tokenizer(),
      {.target = tasks::PairTarget::kClasses, .labels = {"no", "yes"}, .positive = {}, .scale = {}, .max_length = 16});
  ASSERT_TRUE(pairs.ok()) << pairs.status().to_string();
  ASSERT_TRUE((*pairs)->save(dir.file("pairs")).ok());
  EXPECT_TRUE(tasks::PairModel::recognises(dir.file("pairs")));
  EXPECT_FALSE(tasks::PairModel::recognises(dir.file("nothing")));

  engine::ExecutionContext context(2);
  tasks::BaseCache bases;
  const auto served = text_model_loader(context, bases)(dir.file("pairs"));
  ASSERT_TRUE(served.ok()) << served.status().to_string();
  EXPECT_EQ((*served)->card().kind(), ModelCard::Kind::kRelevance);
  EXPECT_EQ((*served)->card().row_width(), 1U);
  std::vector<BatchText> asked;
  std::vector<text::Encoding> encodings;
  for (const char* document : {"tea cup", "refund", "茶"}) {
    encodings.push_back((*pairs)->encode("cup", document));
    asked.push_back({.model = served->get(), .encoding = (*served)->encode_pair("cup", document)});
  }
  const auto rows = (*served)->logits(asked);
  ASSERT_TRUE(rows.ok()) << rows.status().to_string();
  const auto logits = (*pairs)->classifier().logits(context, encodings);
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    ASSERT_EQ((*rows)[i].size(), 1U);
    EXPECT_EQ((*rows)[i].front(), static_cast<float>(*(*pairs)->relevance((*logits)[i])));
    EXPECT_GT((*rows)[i].front(), 0.0F);
  }
}

TEST(RankerModel, ClassesWithoutAPositiveOneAreNoOrder) {
  const yupu::testing::TempDir dir;
  const auto pairs = tasks::PairModel::create(config(), tokenizer(),
                                              {.target = tasks::PairTarget::kClasses,
                                               .labels = {"entails", "neutral", "contradicts"},
                                               .positive = {},
                                               .scale = {},
                                               .max_length = 16});
  ASSERT_TRUE(pairs.ok()) << pairs.status().to_string();
  ASSERT_TRUE((*pairs)->save(dir.file("three")).ok());
  engine::ExecutionContext context(1);
  const auto served = load_ranker(dir.file("three"), context);
  EXPECT_EQ(served.status().code(), Code::kInvalidArgument);
  EXPECT_EQ(served.status().field(), "positive");
}

}  // namespace
}  // namespace yupu::serving
