#include "tasks/classify/classifier.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/classify/branches.h"
#include "tasks/classify/evaluate.h"
#include "tasks/tasks.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> small_tokenizer() {
  auto tokenizer = text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "my", "parcel", "refund",
                                         "where", "is", "退", "款", "包", "裹", "hello"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  return std::move(*tokenizer);
}

model::EncoderConfig small_config() {
  model::EncoderConfig config;
  config.vocab_size = 15;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 12;
  config.initializer_range = 0.3f;
  return config;
}

std::unique_ptr<Classifier> small_classifier(std::uint64_t seed = 1) {
  auto classifier =
      Classifier::create(small_config(), small_tokenizer(),
                         {.labels = {"greeting", "parcel", "refund", "退款"}, .seed = seed, .max_length = 10});
  CHECK(classifier.ok(), classifier.status().message());
  return std::move(*classifier);
}

std::vector<std::vector<float>> logits_of(const Classifier& classifier, const std::vector<std::string>& texts) {
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const std::string& text : texts) encodings.push_back(classifier.encode(text));
  auto logits = classifier.logits(context, encodings);
  CHECK(logits.ok(), logits.status().message());
  return *logits;
}

const std::vector<std::string> kTexts = {
    "where is my parcel", "退款", "", "hello hello hello hello hello hello hello hello hello hello hello", "unknown"};

TEST(Classifier, SavedModelGivesTheSameBitsAndKeepsEverything) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  classifier->set_calibration(
      Calibration{.temperature = 0.7, .answer_threshold = 0.6, .clarify_threshold = 0.3, .target_precision = 0.9});
  classifier->set_lineage({{"dataset", "ds_1"}});
  ASSERT_TRUE(classifier->save(dir.file("model")).ok());
  auto loaded = Classifier::load(dir.file("model"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->labels(), classifier->labels());
  EXPECT_EQ((*loaded)->max_length(), 10);
  EXPECT_EQ((*loaded)->calibration()->temperature, 0.7);
  EXPECT_EQ((*loaded)->lineage()["dataset"], "ds_1");
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());
  EXPECT_EQ(logits_of(**loaded, kTexts), logits_of(*classifier, kTexts));
}

TEST(Classifier, MappedWeightsAnswerWithTheSameBitsFirstAndLater) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  for (const char* name : {"f32", "int8"}) {
    ASSERT_TRUE(classifier->save(dir.file(name)).ok());
    const auto expected = logits_of(*classifier, kTexts);
    const auto mapped = Classifier::load(dir.file(name), {.placement = model::Placement::kMapped});
    ASSERT_TRUE(mapped.ok()) << mapped.status().to_string();
    EXPECT_EQ(logits_of(**mapped, kTexts), expected) << name;
    EXPECT_EQ(logits_of(**mapped, kTexts), expected) << name << ", packed";
    EXPECT_EQ((*mapped)->weights_sha256(), classifier->weights_sha256());
    ASSERT_TRUE((*mapped)->save(dir.file(name)).ok()) << "over the file it is mapped from";
    EXPECT_EQ(logits_of(**Classifier::load(dir.file(name)), kTexts), expected);
    if (std::string_view(name) == "f32") {
      ASSERT_TRUE(classifier->quantise().ok());
    }
  }
}

TEST(Classifier, ATextsLogitsDoNotDependOnTheOthers) {
  const auto classifier = small_classifier();
  const auto together = logits_of(*classifier, kTexts);
  for (std::size_t i = 0; i < kTexts.size(); ++i) EXPECT_EQ(logits_of(*classifier, {kTexts[i]})[0], together[i]) << i;
  const std::vector<std::string> many(1000, kTexts[0]);  // several passes of inference
  for (const auto& row : logits_of(*classifier, many)) ASSERT_EQ(row, together[0]);
}

// A classifier whose wide branch has learned something, so that forgetting it shows.
std::unique_ptr<Classifier> wide_classifier() {
  auto classifier = small_classifier();
  classifier->add_wide(std::vector<std::string>{"where is my parcel", "my parcel", "退款", "退款 please", "hello"});
  float value = 0.1f;
  for (float& weight : classifier->wide()->weight().value.values()) weight = value = -0.97f * value + 0.01f;
  return classifier;
}

TEST(Classifier, TheWideBranchAddsToTheLogitsAndIsSaved) {
  const yupu::testing::TempDir dir;
  const auto classifier = wide_classifier();
  EXPECT_GT(classifier->wide()->feature_count(), 10);
  const auto logits = logits_of(*classifier, kTexts);
  EXPECT_NE(logits[0], logits_of(*small_classifier(), kTexts)[0]);
  for (std::size_t i = 0; i < kTexts.size(); ++i) EXPECT_EQ(logits_of(*classifier, {kTexts[i]})[0], logits[i]) << i;
  EXPECT_NE(classifier->weights_sha256(), small_classifier()->weights_sha256());
  ASSERT_TRUE(classifier->save(dir.path()).ok());
  auto loaded = Classifier::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ(logits_of(**loaded, kTexts), logits);
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());
  // The same directory taken over by a model without the branch.
  ASSERT_TRUE(small_classifier()->save(dir.path()).ok());
  EXPECT_FALSE(file_exists(dir.file("wide.safetensors")));
  EXPECT_EQ((*Classifier::load(dir.path()))->wide(), nullptr);
}

TEST(Classifier, EachBranchIsJudgedWithoutTheOther) {
  engine::ExecutionContext context(1);
  const auto both = wide_classifier();
  const auto encoder = small_classifier();  // of the same weights
  std::vector<handoff::Row> rows;
  for (std::size_t i = 0; i < kTexts.size(); ++i)
    rows.push_back({.text = kTexts[i], .label = both->labels()[i % both->labels().size()], .lang = "en", .source = {}});
  rows.push_back({.text = "hello", .label = std::string(handoff::kOutOfScope), .lang = "en", .source = {}});
  std::size_t texts_read = 0;
  const auto source = [&](std::span<const text::Encoding> texts) {
    texts_read += texts.size();
    return both->logits(context, texts);
  };
  const auto evaluation = evaluate(*both, source, rows);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  const auto branches = judge_branches(*both, context, rows, evaluation->logits).value();
  EXPECT_EQ(texts_read, rows.size());
  ASSERT_TRUE(branches);
  EXPECT_EQ(branches->both.accuracy, evaluation->report.accuracy);
  const auto alone = evaluate(*encoder, context, rows);
  EXPECT_EQ(branches->encoder.accuracy, alone->report.accuracy);
  EXPECT_EQ(branches->encoder.macro_f1, alone->report.macro.f1);
  EXPECT_EQ(branches->to_json()["both"]["accuracy"], branches->both.accuracy);
  // What is judged is what was handed over: of the encoder's logits, the wide branch's share is taken off.
  const auto less = judge_branches(*both, context, rows, alone->logits).value();
  EXPECT_EQ(less->both.accuracy, alone->report.accuracy);
  EXPECT_EQ(less->wide.accuracy, branches->wide.accuracy);
  EXPECT_FALSE(judge_branches(*encoder, context, rows, alone->logits).value()) << "no wide branch";
  const auto last = std::span(evaluation->logits).last(1);
  EXPECT_FALSE(judge_branches(*both, context, std::span(rows).last(1), last).ok()) << "no row with a label";
}

TEST(Classifier, TextsThatShareNothingGiveNoWideBranch) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  classifier->add_wide(std::vector<std::string>{"退款", "hello"});
  EXPECT_EQ(classifier->wide(), nullptr);
  ASSERT_TRUE(classifier->save(dir.path()).ok());
  auto loaded = Classifier::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());
}

TEST(Classifier, ADamagedWideBranchIsNamed) {
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(wide_classifier()->save(dir.path()).ok());
  const std::string path = dir.file("wide.safetensors");
  const std::string bytes = *read_file(path);
  ASSERT_TRUE(write_file_atomic(path, bytes.substr(0, bytes.size() - 4)).ok());
  EXPECT_THAT(Classifier::load(dir.path()).status().to_string(), HasSubstr("wide.safetensors"));
  ASSERT_TRUE(remove_tree(path).ok());
  EXPECT_EQ(Classifier::load(dir.path()).status().code(), Code::kNotFound);
  // Of another model: as many labels, other features.
  const yupu::testing::TempDir other;
  auto classifier = small_classifier();
  classifier->add_wide(std::vector<std::string>{"hello", "hello"});
  ASSERT_TRUE(classifier->save(other.path()).ok());
  ASSERT_TRUE(write_file_atomic(path, *read_file(other.file("wide.safetensors"))).ok());
  EXPECT_THAT(Classifier::load(dir.path()).status().to_string(), HasSubstr("'wide'"));
}

TEST(Classifier, EncodesStrangersTextAsText) {
  const auto classifier = small_classifier();
  EXPECT_EQ(classifier->encode("[MASK] hello").ids.size(), 6u);  // [ MASK ] is three unknown pieces
  EXPECT_TRUE(classifier->encode(kTexts[3]).truncated);
  EXPECT_EQ(classifier->encode(kTexts[3]).ids.size(), 10u);
}

TEST(Classifier, RanksByCalibratedProbability) {
  auto classifier = small_classifier();
  const std::vector<float> logits = {1.0f, 3.0f, 3.0f, 0.0f};
  auto answers = classifier->rank(logits, 9);
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].label, 1);  // ties: the lower index
  EXPECT_EQ(answers[1].label, 2);
  EXPECT_EQ(classifier->decide(logits, 0.01), Decision::kAnswer);  // never calibrated
  const double before = answers[0].score;
  classifier->set_calibration(Calibration{.temperature = 2.0, .answer_threshold = 0.4, .clarify_threshold = 0.2});
  EXPECT_LT(classifier->rank(logits, 1)[0].score, before);
  EXPECT_EQ(classifier->decide(logits, 0.3), Decision::kClarify);
  const OrderedJson json = prediction_json(*classifier, "x", logits, 2);
  EXPECT_EQ(json["label"], "parcel");
  EXPECT_EQ(json["labels"].size(), 2u);
}

TEST(Classifier, AGateOfDistancesIsSavedAndRefuses) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const std::string& text : kTexts) encodings.push_back(classifier->encode(text));
  const auto vectors = classifier->pooled(context, encodings);
  ASSERT_TRUE(vectors.ok()) << vectors.status().to_string();
  const auto alone = classifier->pooled(context, std::span(encodings).subspan(1, 1));
  EXPECT_EQ((*alone)[0], (*vectors)[1]);
  const auto without = logits_of(*classifier, kTexts);
  const std::vector<std::int32_t> labels = {0, 1, 2, 3, 0};
  const ClassDistances distances = ClassDistances::fit(*vectors, labels, 4);
  classifier->set_distances(distances);
  const double threshold = static_cast<float>(distances.mahalanobis((*vectors)[1]));
  classifier->set_calibration(
      Calibration{.gate = ScopeGate{.score = ScopeScore::kMahalanobis, .threshold = threshold}});
  ASSERT_TRUE(classifier->save(dir.path()).ok());
  auto loaded = Classifier::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  const auto rows = logits_of(**loaded, kTexts);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 5u);
    EXPECT_EQ(std::vector<float>(rows[i].begin(), rows[i].end() - 1), without[i]);
    EXPECT_EQ(rows[i].back(), static_cast<float>(distances.mahalanobis((*vectors)[i])));
    EXPECT_EQ((*loaded)->decide(rows[i], 0.9), rows[i].back() < threshold ? Decision::kRefuse : Decision::kAnswer);
    EXPECT_EQ(prediction_json(**loaded, kTexts[i], rows[i])["scope_score"], double{rows[i].back()});
  }
  // Another gate needs no distances, and a gate without its file is no model.
  ASSERT_TRUE(remove_tree(dir.file("scope.safetensors")).ok());
  EXPECT_THAT(Classifier::load(dir.path()).status().message(), HasSubstr("scope.safetensors"));
  classifier->set_calibration(Calibration{.gate = ScopeGate{.score = ScopeScore::kEnergy, .threshold = 1e9}});
  ASSERT_TRUE(classifier->save(dir.path()).ok());
  EXPECT_FALSE(file_exists(dir.file("scope.safetensors")));
  loaded = Classifier::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->row_width(), 4u);
  EXPECT_EQ((*loaded)->decide(without[0], 1.0), Decision::kRefuse);
}

TEST(Classifier, AGateOfNeighboursIsSavedAndRefuses) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  engine::ExecutionContext context(1);
  std::vector<text::Encoding> encodings;
  for (const std::string& text : kTexts) encodings.push_back(classifier->encode(text));
  const auto vectors = classifier->pooled(context, encodings);
  ASSERT_TRUE(vectors.ok()) << vectors.status().to_string();
  const std::vector<std::int32_t> labels = {0, 1, 2, 3, 0};
  classifier->set_distances(ClassDistances::fit(*vectors, labels, 4));  // both are fitted, the gate reads one
  const Neighbours neighbours =
      Neighbours::fit(std::vector(vectors->begin(), vectors->begin() + 3), std::span(labels).first(3));
  classifier->set_neighbours(neighbours);
  EXPECT_EQ(classifier->row_width(), 6u);
  const double threshold = 0.99999;  // the three themselves, and what is very like them
  classifier->set_calibration(Calibration{.gate = ScopeGate{.score = ScopeScore::kNeighbours, .threshold = threshold}});
  ASSERT_TRUE(classifier->save(dir.path()).ok());
  EXPECT_FALSE(file_exists(dir.file("scope.safetensors")));
  auto loaded = Classifier::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  const auto rows = logits_of(**loaded, kTexts);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 5u);
    EXPECT_EQ(rows[i].back(), static_cast<float>(neighbours.score((*vectors)[i])));
    EXPECT_EQ((*loaded)->read_row(rows[i]).neighbours, double{rows[i].back()});
    EXPECT_EQ((*loaded)->decide(rows[i], 0.9), rows[i].back() < threshold ? Decision::kRefuse : Decision::kAnswer);
    EXPECT_EQ((*loaded)->decide(rows[i], 0.9) == Decision::kAnswer, i < 3) << i;
  }
  ASSERT_TRUE(remove_tree(dir.file("neighbours.safetensors")).ok());
  EXPECT_THAT(Classifier::load(dir.path()).status().message(), HasSubstr("neighbours.safetensors"));
}

TEST(Classifier, RefusesWhatDoesNotFit) {
  const auto create = [](const model::EncoderConfig& config, std::vector<std::string> labels, std::int64_t max_length) {
    return Classifier::create(config, small_tokenizer(),
                              {.labels = std::move(labels), .seed = 1, .max_length = max_length})
        .status();
  };
  model::EncoderConfig few = small_config();
  few.vocab_size = 14;
  EXPECT_THAT(create(few, {"a", "b"}, 10).message(), HasSubstr("vocabulary has 15 tokens"));
  EXPECT_THAT(create(small_config(), {}, 10).message(), HasSubstr("at least one label"));
  EXPECT_THAT(create(small_config(), {"a", "a"}, 10).message(), HasSubstr("\"a\" twice"));
  EXPECT_THAT(create(small_config(), {"a", ""}, 10).message(), HasSubstr("empty label"));
  EXPECT_THAT(create(small_config(), {"a", "b"}, 13).message(), HasSubstr("max_length 13"));

  const auto classifier = small_classifier();
  engine::ExecutionContext context(1);
  for (const std::vector<std::int32_t>& ids : {std::vector<std::int32_t>{}, std::vector<std::int32_t>{2, 15, 3},
                                               std::vector<std::int32_t>{-1}, std::vector<std::int32_t>(13, 2)}) {
    const std::vector<text::Encoding> texts = {{.ids = ids,
                                                .type_ids = std::vector<std::int32_t>(ids.size(), 0),
                                                .offsets = {},
                                                .truncated = false,
                                                .ngrams = {}}};
    EXPECT_EQ(classifier->logits(context, texts).status().code(), Code::kInvalidArgument);
  }
}

TEST(Classifier, DamagedDirectoriesAreNamed) {
  const yupu::testing::TempDir dir;
  const auto classifier = small_classifier();
  const auto broken = [&](const std::string& file, const std::string& content) {
    const std::string model = dir.file("m");
    CHECK(classifier->save(model).ok(), "saved");
    CHECK(write_file_atomic(model + "/" + file, content).ok(), "written");
    Status status = Classifier::load(model).status();
    CHECK(remove_tree(model).ok(), "removed");
    return status;
  };
  EXPECT_THAT(broken("yupu.json", "{").message(), HasSubstr("yupu.json"));
  EXPECT_THAT(broken("yupu.json", R"({"format":9,"task":"classify","max_length":8})").message(), HasSubstr("format 9"));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"tokens","max_length":8})").message(), HasSubstr("\"tokens\""));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"classify","max_length":800})").message(),
              HasSubstr("max_length"));
  EXPECT_THAT(broken("yupu.json", R"({"format":1,"task":"classify","max_length":8,"calibration":{}})").message(),
              HasSubstr("temperature"));
  EXPECT_THAT(broken("config.json", "[]").message(), HasSubstr("config.json"));
  EXPECT_THAT(broken("model.safetensors", "").message(), HasSubstr("too few"));
  EXPECT_THAT(broken("model.safetensors", std::string(1 << 10, '\x01')).message(), HasSubstr("model.safetensors"));
  EXPECT_EQ(Classifier::load(dir.file("nowhere")).status().code(), Code::kNotFound);
}

TEST(Classifier, ABaseGivesItsEncoderAndAFreshHead) {
  const yupu::testing::TempDir dir;
  const auto trained = small_classifier(3);
  ASSERT_TRUE(trained->save(dir.path()).ok());
  auto fresh = Classifier::from_base(dir.path(), {.labels = {"x", "y"}, .seed = 9, .max_length = 500}, 0.25f);
  ASSERT_TRUE(fresh.ok()) << fresh.status().to_string();
  EXPECT_THAT((*fresh)->labels(), ElementsAre("x", "y"));
  EXPECT_EQ((*fresh)->max_length(), 12);  // the base's positions
  EXPECT_EQ((*fresh)->config().hidden_dropout, 0.25f);
  const auto word = (*fresh)->tensors()[0].tensor;
  EXPECT_TRUE(std::equal(word.values().begin(), word.values().end(), trained->tensors()[0].tensor.values().begin()));
}

TEST(Evaluate, JudgesInScopeRowsAndCountsTheRest) {
  auto classifier = small_classifier();
  std::vector<handoff::Row> rows;
  for (const std::string& text : kTexts) {
    const std::int32_t label = classifier->rank(logits_of(*classifier, {text})[0], 1)[0].label;
    rows.push_back(
        {.text = text, .label = classifier->labels()[static_cast<std::size_t>(label)], .lang = "en", .source = {}});
  }
  rows.push_back({.text = "hello", .label = "brand_new", .lang = "zh", .source = {}});
  rows.push_back({.text = "is is", .label = std::string(handoff::kOutOfScope), .lang = {}, .source = {}});
  engine::ExecutionContext context(1);
  auto evaluation = evaluate(*classifier, context, rows);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  EXPECT_EQ(evaluation->report.row_count, 6);
  EXPECT_DOUBLE_EQ(evaluation->report.accuracy, 5.0 / 6.0);
  EXPECT_EQ(evaluation->report.slices.at("zh").accuracy, 0.0);
  EXPECT_THAT(evaluation->unknown_labels, ElementsAre("brand_new"));
  EXPECT_EQ(evaluation->truncated_count, 1);
  EXPECT_EQ(evaluation->decisions.out_of_scope_answered, 1);
  EXPECT_DOUBLE_EQ(evaluation->decisions.precision(), 5.0 / 7.0);
  EXPECT_THAT(evaluation->to_text(), HasSubstr("brand_new"));
  EXPECT_EQ(evaluation->to_json()["decisions"]["answered"], 6);
  EXPECT_FALSE(evaluate(*classifier, context, std::span<const handoff::Row>(rows).last(1)).ok());
  auto labelled = labelled_logits(*classifier, logits_on(*classifier, context), rows);
  ASSERT_TRUE(labelled.ok());
  EXPECT_EQ(labelled->size(), 6u);  // brand_new cannot be learned from
}

TEST(Tasks, ClassifyHasItsRow) {
  ASSERT_NE(find_task("classify"), nullptr);
  EXPECT_EQ(find_task("nothing"), nullptr);
  EXPECT_FALSE(all_tasks().empty());
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double product = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += static_cast<double>(a[i]) * b[i];
    square_a += static_cast<double>(a[i]) * a[i];
    square_b += static_cast<double>(b[i]) * b[i];
  }
  return product / std::sqrt(square_a * square_b);
}

TEST(QuantisedClassifier, AnswersCloseToTheOriginalAndEachTextAsItDoesAlone) {
  auto classifier = small_classifier();
  const auto before = logits_of(*classifier, kTexts);
  ASSERT_TRUE(classifier->quantise().ok());
  EXPECT_EQ(classifier->quantise().code(), Code::kConflict);
  const auto after = logits_of(*classifier, kTexts);
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    EXPECT_GT(cosine(before[i], after[i]), 0.995) << kTexts[i];
    EXPECT_NE(before[i], after[i]) << "nothing was quantised";
    EXPECT_EQ(logits_of(*classifier, {kTexts[i]})[0], after[i]) << "an answer depends on its batch";
  }
}

TEST(QuantisedClassifier, TheSavedDirectoryGivesTheSameBitsAndDoesNotTrain) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  const std::string original = classifier->weights_sha256();
  ASSERT_TRUE(classifier->quantise().ok());
  ASSERT_TRUE(classifier->save(dir.file("m")).ok());
  const auto loaded = Classifier::load(dir.file("m"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  EXPECT_EQ((*loaded)->config().weights, model::WeightFormat::kInt8);
  EXPECT_EQ(logits_of(**loaded, kTexts), logits_of(*classifier, kTexts));
  EXPECT_EQ((*loaded)->weights_sha256(), classifier->weights_sha256());
  EXPECT_NE(classifier->weights_sha256(), original);
  const auto base = Classifier::from_base(dir.file("m"), {.labels = {"a", "b"}});
  ASSERT_FALSE(base.ok());
  EXPECT_EQ(base.status().code(), Code::kInvalidArgument);
  EXPECT_THAT(base.status().message(), HasSubstr("quantised"));
}

TEST(QuantisedClassifier, DamagedDirectoriesAreRefusedByName) {
  const yupu::testing::TempDir dir;
  auto classifier = small_classifier();
  ASSERT_TRUE(classifier->save(dir.file("f32")).ok());
  ASSERT_TRUE(classifier->quantise().ok());
  ASSERT_TRUE(classifier->save(dir.file("int8")).ok());
  const auto read = [&](const std::string& name) { return *read_file(dir.file(name)); };
  const std::string config = read("int8/config.json");
  const auto refused = [&](const std::string& what) {
    const auto loaded = Classifier::load(dir.file("int8"));
    ASSERT_FALSE(loaded.ok()) << what;
    EXPECT_EQ(loaded.status().code(), Code::kInvalidArgument);
    EXPECT_THAT(loaded.status().message(), HasSubstr(what));
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = config;
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    ASSERT_TRUE(write_file_atomic(dir.file("int8/config.json"), text.replace(at, from.size(), to)).ok());
  };
  with("yupu_int8", "gptq");
  refused("quant_method");
  with("\"format\": 1", "\"format\": 2");
  refused("format 2");
  with("\"quantization_config\"", "\"of_no_meaning\"");  // float weights expected, int8 found
  refused("dtype I8");
  ASSERT_TRUE(write_file_atomic(dir.file("int8/config.json"), config).ok());
  const std::string weights = read("int8/model.safetensors");
  std::string bent = weights;
  bent.back() = static_cast<char>(-128);  // int8 tensors lie last
  ASSERT_TRUE(write_file_atomic(dir.file("int8/model.safetensors"), bent).ok());
  refused("-128");
  ASSERT_TRUE(write_file_atomic(dir.file("int8/model.safetensors"), read("f32/model.safetensors")).ok());
  refused("F32");
}

}  // namespace
}  // namespace yupu::tasks
