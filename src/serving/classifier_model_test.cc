// A real encoder behind the host: saved, loaded, asked in crowded batches; a broken directory leaves the old model
// serving.
#include "serving/classifier_model.h"

#include <cmath>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/log.h"
#include "base/testing.h"
#include "tasks/classify/classifier.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::serving {
namespace {

Result<std::unique_ptr<tasks::Classifier>> small_classifier(std::uint64_t seed) {
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "tea", "cup",
                                                              "refund", "order", "茶"}));
  YUPU_ASSIGN_OR_RETURN(model::EncoderConfig config, model::preset_config("tiny"));
  config.vocab_size = tokenizer->vocab_size();
  config.position_count = 16;
  return tasks::Classifier::create(config, std::move(tokenizer),
                                   {.labels = {"a", "b", "c"}, .seed = seed, .max_length = 16});
}

TEST(ClassifierModel, ServesWhatWasSavedAndRefusesWhatIsBroken) {
  log::set_level(log::Level::kNone);
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier(3);
  ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
  ASSERT_TRUE((*classifier)->save(dir.file("model")).ok());
  engine::ExecutionContext context(2);
  Metrics metrics;
  EngineWorker worker(metrics, {.batch_tokens = 32});
  const SystemClock clock;
  tasks::BaseCache bases;
  ModelHost host(clock, worker, metrics, classifier_loader(context, bases), {"m"});
  const Status loaded = host.load("m", "rel_1", dir.file("model"), (*classifier)->weights_sha256());
  ASSERT_TRUE(loaded.ok()) << loaded.to_string();
  const auto model = host.find("m");

  const std::vector<std::string> texts = {"tea", "cup tea", "refund order", "茶", "order order order cup"};
  std::vector<std::vector<float>> alone;
  engine::ExecutionContext own(1);
  for (const std::string& text : texts) {
    const text::Encoding encoding = (*classifier)->encode(text);
    alone.push_back((*(*classifier)->logits(own, std::span(&encoding, 1)))[0]);
  }
  std::vector<std::thread> crowd;
  std::atomic<int> right{0};
  for (std::size_t t = 0; t < 16; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::size_t which = (t + static_cast<std::size_t>(i)) % texts.size();
        const auto outcome = worker.run({.model = model->model,
                                         .texts = {model->model->encode(texts[which])},
                                         .deadline_ns = clock.monotonic_ns() + 20'000'000'000});
        // The same bits whatever company a text travels in.
        right += outcome.ok() && outcome.value().logits[0] == alone[which];
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right, 160);

  EXPECT_EQ(host.load("m", "rel_2", dir.file("nothing")).code(), Code::kNotFound);
  EXPECT_EQ(host.load("m", "rel_2", dir.file("model"), std::string(64, '0')).code(), Code::kInvalidArgument);
  std::filesystem::copy(dir.file("model"), dir.file("cut"));
  const std::string weights = dir.file("cut") + "/model.safetensors";
  std::filesystem::resize_file(weights, std::filesystem::file_size(weights) / 2);
  EXPECT_FALSE(host.load("m", "rel_3", dir.file("cut")).ok());
  EXPECT_EQ(host.find("m")->release_id, "rel_1");
}

TEST(ClassifierModel, TellsOnWhichSideOfTheGateATextIs) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier(3);
  ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const char* text : {"tea", "cup tea", "refund order"}) encodings.push_back((*classifier)->encode(text));
  const auto logits = (*classifier)->logits(context, encodings);
  ASSERT_TRUE(logits.ok());
  const double threshold = tasks::energy_score((*logits)[1]);
  (*classifier)
      ->set_calibration(
          tasks::Calibration{.gate = tasks::ScopeGate{.score = tasks::ScopeScore::kEnergy, .threshold = threshold},
                             .promise = tasks::Promise{.max_wrong = 0.1, .kept = true}});
  ASSERT_TRUE((*classifier)->save(dir.path()).ok());
  tasks::BaseCache bases;
  auto model = classifier_loader(context, bases)(dir.path());
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  ASSERT_TRUE((*model)->card().has_scope_gate);
  std::vector<BatchText> batch;
  for (const auto& encoding : encodings) batch.push_back({model->get(), encoding});
  const auto rows = (*model)->logits(batch);
  ASSERT_TRUE(rows.ok());
  bool any_outside = false;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    ASSERT_EQ((*rows)[i].size(), (*model)->card().row_width());
    const ScoredText scored = scored_text((*model)->card(), (*rows)[i]);
    const bool in_scope = tasks::energy_score((*logits)[i]) >= threshold;
    EXPECT_EQ(scored.in_scope, in_scope);
    EXPECT_EQ(decision_of((*model)->card(), scored), in_scope ? "answer" : "refuse");
    EXPECT_EQ(scored.ranked.size(), 3u);
    any_outside = any_outside || !in_scope;
  }
  EXPECT_TRUE(any_outside);

  // A promise that is not kept: nothing is answered, however sure.
  (*classifier)->set_calibration(tasks::Calibration{.promise = tasks::Promise{.max_wrong = 0.1, .reason = "few"}});
  ASSERT_TRUE((*classifier)->save(dir.path()).ok());
  model = classifier_loader(context, bases)(dir.path());
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_GT((*model)->card().answer_threshold, 1.0);
}

TEST(ClassifierModel, ABackgroundTakesItsShareAndIsNoLabel) {
  const ModelCard card{.labels = {"order", "refund"}, .has_background = true, .has_scope_gate = true};
  ASSERT_EQ(card.row_width(), 4u);
  const std::vector<float> row = {2.0f, 0.0f, 2.0f, 0.5f};  // order, refund, background, the gate's number
  const ScoredText scored = scored_text(card, row);
  ASSERT_EQ(scored.ranked.size(), 2u);
  EXPECT_EQ(scored.ranked[0].label, "order");
  EXPECT_NEAR(scored.ranked[0].score, std::exp(2.0) / (2.0 * std::exp(2.0) + 1.0), 1e-9);
  EXPECT_TRUE(scored.in_scope);
  EXPECT_EQ(decision_of(card, scored), "clarify");
}

}  // namespace
}  // namespace yupu::serving
