// The tagger against the reference library in 64 bits (tests/golden/tokens/make_golden.py).
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/huggingface.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {
namespace {

// Largest difference, as a part of the largest expected value.
double distance(std::span<const float> actual, const model::Safetensors& file, const std::string& name) {
  const model::TensorEntry* entry = file.find(name);
  EXPECT_NE(entry, nullptr) << name;
  if (entry == nullptr) return 1.0;
  std::vector<float> wanted(static_cast<std::size_t>(entry->element_count()));
  EXPECT_TRUE(model::copy_to_f32(*entry, wanted, name).ok());
  EXPECT_EQ(actual.size(), wanted.size()) << name;
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < std::min(actual.size(), wanted.size()); ++i) {
    difference = std::max(difference, std::fabs(static_cast<double>(actual[i]) - wanted[i]));
    largest = std::max(largest, std::fabs(static_cast<double>(wanted[i])));
  }
  return difference / largest;
}

struct Golden {
  Golden() : folder(YUPU_TESTDATA("tests/golden/tokens")) {
    auto loaded = Tagger::load(folder + "/model");
    CHECK(loaded.ok(), loaded.status().message());
    tagger = std::move(*loaded);
    const auto text = read_file(folder + "/cases.json");
    CHECK(text.ok(), text.status().message());
    cases = (*parse_json(*text))["sentences"];
    for (const Json& sentence : cases) {
      encodings.push_back(tagger->encode(sentence["words"].get<std::vector<std::string>>()));
      for (const Json& label : sentence["labels"]) labels.push_back(label.get<std::int32_t>());
    }
  }
  std::string folder;
  std::unique_ptr<Tagger> tagger;
  Json cases;
  std::vector<WordEncoding> encodings;
  std::vector<std::int32_t> labels;
};

TEST(TaggerGolden, PiecesAndFirstPiecesAreTheReferenceLibrarys) {
  const Golden golden;
  for (std::size_t i = 0; i < golden.encodings.size(); ++i) {
    ASSERT_EQ(golden.encodings[i].windows.size(), 1u);
    EXPECT_EQ(golden.encodings[i].windows[0].ids, golden.cases[i]["ids"].get<std::vector<std::int32_t>>()) << i;
    EXPECT_EQ(golden.encodings[i].windows[0].rows, golden.cases[i]["rows"].get<std::vector<std::int32_t>>()) << i;
  }
  EXPECT_EQ(golden.tagger->scheme(), Scheme::kIob2);  // read off the labels
}

TEST(TaggerGolden, LogitsLossAndGradientsAreTheReferenceLibrarys) {
  const Golden golden;
  const auto file = model::Safetensors::open(golden.folder + "/expected.safetensors");
  ASSERT_TRUE(file.ok());
  engine::ExecutionContext context(2);
  const auto emissions = golden.tagger->emissions(context, golden.encodings);
  ASSERT_TRUE(emissions.ok());
  std::vector<float> all;
  for (const auto& sentence : *emissions) all.insert(all.end(), sentence.begin(), sentence.end());
  EXPECT_LT(distance(all, *file, "logits"), 1e-5);

  std::vector<const WordEncoding*> sentences;
  std::vector<std::uint32_t> ids;
  for (const WordEncoding& encoding : golden.encodings) {
    ids.push_back(static_cast<std::uint32_t>(sentences.size()));
    sentences.push_back(&encoding);
  }
  const WordBatch batch(sentences, ids);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const engine::Var loss = golden.tagger->loss(golden.tagger->forward(tape, batch), batch, golden.labels);
  EXPECT_LT(distance(loss.value().values(), *file, "loss"), 1e-5);
  tape.backward(loss);
  for (const char* name : {"embeddings.word_embeddings.weight", "encoder.layer.1.output.dense.weight",
                           "classifier.weight", "classifier.bias"}) {
    const auto parameters = golden.tagger->parameters();
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const engine::Parameter* parameter) { return parameter->name == name; });
    ASSERT_NE(found, parameters.end()) << name;
    const std::string prefix = std::string(name).starts_with("classifier.") ? "gradient." : "gradient.bert.";
    (*found)->make_grad_dense();
    EXPECT_LT(distance((*found)->grad.values(), *file, prefix + name), 1e-4) << name;
  }
}

// What is saved has the tensors of the reference's own file under the same names, the same bits.
TEST(TaggerGolden, TheSavedDirectoryIsTheReferenceLibrarys) {
  const Golden golden;
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(golden.tagger->save(dir.path()).ok());
  const auto theirs = model::Safetensors::open(golden.folder + "/model/model.safetensors");
  const auto ours = model::Safetensors::open(dir.file("model.safetensors"));
  ASSERT_TRUE(theirs.ok() && ours.ok());
  ASSERT_EQ(ours->tensors().size(), theirs->tensors().size());
  for (const model::TensorEntry& entry : theirs->tensors()) {
    std::vector<float> values(static_cast<std::size_t>(entry.element_count()));
    ASSERT_TRUE(model::copy_to_f32(entry, values, entry.name).ok());
    EXPECT_EQ(distance(values, *ours, entry.name), 0.0) << entry.name;
  }
  const auto config = model::read_model_config(dir.path());
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->architecture, "BertForTokenClassification");
  EXPECT_EQ(config->labels, (std::vector<std::string>{"O", "B-PER", "I-PER", "B-LOC", "I-LOC"}));
}

}  // namespace
}  // namespace yupu::tasks
