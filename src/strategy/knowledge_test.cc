// [knowledge]: read, indexed step by step, fitted, and refused where it is wrong.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/shelf.h"
#include "strategy/knowledge_plan.h"
#include "strategy/knowledge_stage.h"
#include "strategy/strategy.h"
#include "strategy/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class KnowledgeStageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write("train.csv", "text,label\n");
    write("answers.toml", "");
    std::filesystem::create_directories(folder_.file("docs"));
    write("docs/refunds.md", "# Refunds\n\nA refund takes three days.\n");
    write("docs/delivery.md", "# Delivery\n\nWe deliver to Norway.\n");
    write("docs/notes.txt", "Opened tea is kept in a tin.\n");
    store_ = store::open_store("sqlite::memory:").value();
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_.file(name)) << text; }
  Result<Strategy> load(const std::string& keys) {
    write("s.toml", testing::kSmallShop + ("[knowledge]\n" + keys));
    return load_strategy(folder_.file("s.toml"));
  }
  // The stage's output, in its own words; or "skipped", or the error.
  std::string run(const std::string& keys) {
    const auto strategy = load(keys);
    EXPECT_TRUE(strategy.ok()) << strategy.status().to_string();
    handoff::SilentProgress progress;
    LoopContext context{.strategy = *strategy,
                        .workdir = folder_.path(),
                        .version = "test",
                        .threads = 1,
                        .store = *store_,
                        .clock = clock_,
                        .progress = progress,
                        .service = {}};
    StageRunner runner(*store_, clock_, progress, strategy->name);
    const auto outcomes = runner.run({knowledge_stage(context)});
    if (!outcomes.ok()) return outcomes.status().to_string();
    return outcomes->front().skipped ? "skipped" : outcomes->front().text;
  }
  std::vector<std::string> documents() {
    std::vector<std::string> out;
    const auto rows = products::list_documents(*store_, products::kOwnShelf).value();
    for (const auto& row : rows) out.push_back(row.source + " v" + std::to_string(row.version));
    return out;
  }

  yupu::testing::TempDir folder_;
  FakeClock clock_{1'790'784'000'000'000'000};
  std::unique_ptr<store::Store> store_;
};

TEST_F(KnowledgeStageTest, IndexesWhatHasChanged) {
  const std::string keys = "documents = [\"docs/*.md\", \"docs/notes.txt\"]\n";
  EXPECT_EQ(run(keys), "3 documents, 3 passages (3 new, 0 replaced, 0 removed)");
  EXPECT_EQ(run(keys), "skipped");
  EXPECT_THAT(documents(), ElementsAre("docs/delivery.md v1", "docs/notes.txt v1", "docs/refunds.md v1"));
  write("docs/refunds.md", "# Refunds\n\nA refund takes five days.\n");
  EXPECT_EQ(run(keys), "3 documents, 3 passages (0 new, 1 replaced, 0 removed)");
  // A person's own document stays; the strategy's goes with its file, or with its name in the list.
  auto mine = products::read_new_document("mine.md", "# Mine\n\nwords\n", 0).value();
  ASSERT_TRUE(products::add_document(*store_, clock_, products::kOwnShelf, mine).ok());
  std::filesystem::remove(folder_.file("docs/delivery.md"));
  EXPECT_EQ(run(keys), "2 documents, 2 passages (0 new, 0 replaced, 1 removed)");
  EXPECT_EQ(run("documents = [\"docs/*.md\"]\n"), "1 documents, 1 passages (0 new, 0 replaced, 1 removed)");
  EXPECT_THAT(documents(), ElementsAre("docs/refunds.md v2", "mine.md v1"));
}

TEST_F(KnowledgeStageTest, ABadDocumentChangesNothing) {
  ASSERT_THAT(run("documents = [\"docs/*.md\"]\n"), HasSubstr("2 new"));
  write("docs/zz.md", "words \xff");
  EXPECT_THAT(run("documents = [\"docs/*.md\"]\n"), HasSubstr("zz.md"));
  EXPECT_THAT(documents(), ElementsAre("docs/delivery.md v1", "docs/refunds.md v1"));
}

TEST_F(KnowledgeStageTest, ATargetIsFittedOrTheStageFails) {
  const std::string keys = "documents = [\"docs/*\"]\ntarget = 0.05\nquestions = \"q.csv\"\n";
  write("q.csv",
        "query,source\nhow many days does a refund take,docs/refunds.md\ndo you deliver to Norway,docs/delivery.md\n"
        "who won the match,\n");
  EXPECT_THAT(run(keys), HasSubstr("2 of 3 questions, 0 wrongly"));
  const auto fitted = products::fitted_threshold(*store_, products::kOwnShelf, "").value();
  ASSERT_TRUE(fitted.has_value());
  EXPECT_GT(*fitted, 0.0);
  // Every answer would be wrong.
  write("q.csv", "query,source\nhow many days does a refund take,docs/delivery.md\nrefund days,\n");
  EXPECT_THAT(run(keys), HasSubstr("at most 5.0 % wrong answers cannot be reached"));
  EXPECT_EQ(products::fitted_threshold(*store_, products::kOwnShelf, "").value(), fitted);
  write("q.csv", "query,source\nx,docs/gone.md\n");
  EXPECT_THAT(run(keys), HasSubstr("docs/gone.md"));
}

std::unique_ptr<text::Tokenizer> few_words() {
  return text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "refund", "days", "deliver", "norway"})
      .value();
}

TEST_F(KnowledgeStageTest, ItsModelsAreWeighedBeforeTheThresholdIsFitted) {
  model::EncoderConfig config;
  config.vocab_size = 9;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 32;
  const tasks::PairModel::Fresh pairs{
      .target = tasks::PairTarget::kScore, .labels = {}, .positive = {}, .scale = {}, .seed = 1, .max_length = 30};
  const auto embedder = tasks::Embedder::create(config, few_words(), {.seed = 1, .max_length = 30}).value();
  ASSERT_TRUE(embedder->save(folder_.file("vectors")).ok());
  ASSERT_TRUE(tasks::PairModel::create(config, few_words(), pairs).value()->save(folder_.file("reranker")).ok());
  write("w.csv", "query,source\nrefund days,docs/refunds.md\ndeliver to Norway,docs/delivery.md\n");
  const std::string keys =
      "documents = [\"docs/*\"]\nembedder = \"vectors\"\nreranker = \"reranker\"\nweigh = \"w.csv\"\ntarget = "
      "0.05\nquestions = \"w.csv\"\n";
  const std::string said = run(keys);
  EXPECT_THAT(said, HasSubstr("words weigh "));
  EXPECT_THAT(said, HasSubstr("the reranker weighs 0 (MRR@10 1.000), answered from"));
  EXPECT_EQ(run(keys), "skipped");
  const auto strategy = load(keys).value();
  const auto base = open_knowledge(strategy, *store_).value();
  const auto found = base->find("", "refund days").value();
  ASSERT_FALSE(found.quotes.empty());
  EXPECT_EQ(found.quotes.front().source, "docs/refunds.md");
  write("w.csv", "query,source\nrefund days,\n");
  EXPECT_THAT(run(keys), HasSubstr("names no document"));
}

TEST_F(KnowledgeStageTest, AnEmptyTableIsTheDocumentsOfTheWorkingFolder) {
  EXPECT_EQ(run(""), "0 documents, 0 passages (0 new, 0 replaced, 0 removed)");
  EXPECT_TRUE(load("")->knowledge.has_value());
}

TEST_F(KnowledgeStageTest, WhatIsWrongIsNamed) {
  write("q.csv", "query,source\nx,\n");
  const struct {
    const char *keys, *message;
  } rows[] = {
      {"documents = [\"docs/*.html\"]\n", "knowledge.documents: no file is called docs/*.html"},
      {"documents = [\"docs\"]\n", "docs is a folder; name the files in it"},
      {"documents = [\"../nowhere.md\"]\n", "no file is called ../nowhere.md"},
      {"embedder = \"no-model\"\n", "line 19: knowledge.embedder: there is no file"},
      {"reranker = \"no-model\"\n", "line 19: knowledge.reranker: there is no file"},
      {"weigh = \"q.csv\"\n", "knowledge.weigh: words alone have one order"},
      {"weigh = \"q.csv\"\nwords_weight = 0.5\nembedder = \"docs\"\n", "knowledge.weigh: stands beside words_weight"},
      {"threshold = 1.5\n", "line 19: knowledge.threshold: must be a number from 0 to 1"},
      {"target = 0.05\n", "knowledge.questions: is missing"},
      {"target = 1.0\nquestions = \"q.csv\"\n", "knowledge.target: must be a number"},
      {"target = 0.05\nthreshold = 0.5\nquestions = \"q.csv\"\n", "knowledge.target: stands beside threshold"},
      {"questions = \"q.csv\"\n", "knowledge.questions: is for a target"},
      {"thresholds = 0.5\n", "unknown key 'knowledge.thresholds'"},
  };
  for (const auto& row : rows) {
    const auto strategy = load(row.keys);
    ASSERT_FALSE(strategy.ok()) << row.keys;
    EXPECT_THAT(strategy.status().message(), HasSubstr(row.message)) << row.keys;
    EXPECT_EQ(strategy.status().code(), Code::kInvalidArgument) << row.keys;
  }
}

}  // namespace
}  // namespace yupu::strategy
