// Real directories behind the host: an embedder and a classifier side by side, each asked for what it gives.
#include "serving/embedder_model.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "tasks/classify/classifier.h"
#include "tasks/embed/embedder.h"
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

}  // namespace
}  // namespace yupu::serving
