#include "tasks/tokens/evaluate.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "tasks/tokens/column_lines.h"
#include "tasks/tokens/evaluation_page.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Random weights: what it says is of no use, and enough to count.
std::unique_ptr<Tagger> tagger() {
  auto tokenizer = text::make_wordpiece(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "anna", "lives", "in", "newharbour", "青", "石", "住"});
  CHECK(tokenizer.ok(), tokenizer.status().message());
  model::EncoderConfig config;
  config.vocab_size = 12;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 16;
  auto made = Tagger::create(config, std::move(*tokenizer),
                             {.tags = complete_tags({"LOC", "PER"}, Scheme::kIob2), .seed = 4, .max_length = 8});
  CHECK(made.ok(), made.status().message());
  return std::move(*made);
}

TagSet some_set() {
  TagSet set{.path = "a.conll",
             .scheme = Scheme::kBmes,
             .sentences = {},
             .repaired_sentences = 1,
             .repaired_tags = 2,
             .first_repaired_line = 7,
             .widened_spans = 3,
             .first_widened_line = 5};
  set.sentences.push_back({.words = {"Anna", "lives", "in", "Newharbour"},
                           .tags = {{Prefix::kSingle, "PER"}, {}, {}, {Prefix::kSingle, "LOC"}},
                           .lines = {1, 2, 3, 4}});
  set.sentences.push_back({.words = std::vector<std::string>(20, "青"),
                           .tags = std::vector<Tag>(20, {Prefix::kSingle, "ORG"}),
                           .lines = std::vector<std::int64_t>(20, 6)});
  return set;
}

TEST(TagEvaluation, CountsWordsSpansAndWhatIsOddAboutTheData) {
  const auto model = tagger();
  const TagSet set = some_set();
  engine::ExecutionContext context(1);
  const auto evaluation = evaluate(*model, context, set);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  EXPECT_EQ(evaluation->tokens.row_count, 24);
  EXPECT_EQ(evaluation->spans.micro.support, 22);
  EXPECT_EQ(evaluation->sentence_count, 2);
  EXPECT_EQ(evaluation->windowed_count, 1);
  EXPECT_EQ(evaluation->repaired_tags, 2);
  EXPECT_EQ(evaluation->widened_spans, 3);
  EXPECT_THAT(evaluation->unknown_types, ElementsAre("ORG"));
  // The figures are those of what the tagger says, in its own scheme.
  const auto emissions = model->emissions(context, encode_all(*model, set.sentences));
  SpanTally tally;
  std::int64_t right = 0;
  for (std::size_t i = 0; i < set.sentences.size(); ++i) {
    const auto said = model->tags_of_sequence(model->decode((*emissions)[i]));
    const auto truth = converted(set.sentences[i].tags, Scheme::kIob2);
    tally.add(lenient_spans(truth), lenient_spans(said));
    for (std::size_t t = 0; t < said.size(); ++t) right += said[t] == truth[t] ? 1 : 0;
  }
  EXPECT_EQ(evaluation->spans.to_text(), tally.report().to_text());
  EXPECT_DOUBLE_EQ(evaluation->tokens.accuracy, static_cast<double>(right) / 24.0);

  const std::string text = evaluation->to_text();
  for (const char* part :
       {"B-PER", "B-ORG", "weighted avg", "accuracy", "2 tags of 1 sentences", "line 7", "3 spans began", "line 5",
        "counted as wrong: ORG", "1 sentences were read in several windows"})
    EXPECT_THAT(text, HasSubstr(part));
  const OrderedJson json = evaluation->to_json();
  EXPECT_EQ(json["tokens"]["labels"]["B-PER"]["support"], 1);
  EXPECT_EQ(json["spans"]["types"]["ORG"]["support"], 20);
  EXPECT_EQ(json["repaired"]["first_line"], 7);
  EXPECT_EQ(json["widened"]["spans"], 3);
  EXPECT_FALSE(json["tokens"].contains("expected_calibration_error"));
  EXPECT_EQ(evaluate(*model, context, TagSet()).status().code(), Code::kInvalidArgument);
}

TEST(TagEvaluation, EachBranchIsJudgedWithoutTheOther) {
  const TagSet set = some_set();
  engine::ExecutionContext context(1);
  const auto alone = tagger();
  EXPECT_FALSE(evaluate(*alone, context, set)->branches) << "no wide branch";
  // A wide branch that knows one sentence by heart.
  const auto both = tagger();
  both->add_wide(set.sentences, {.features_max = 1000, .documents_min = 1});
  const auto per = static_cast<std::size_t>(*both->tag_index({Prefix::kBegin, "PER"}));
  const WordEncoding anna = both->encode(std::vector<std::string>{"Anna"});
  for (const std::int32_t feature : anna.features.indices)
    both->wide()->weight().value.values()[static_cast<std::size_t>(feature) * both->tags().size() + per] = 50.0f;
  const auto evaluation = evaluate(*both, context, set);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  ASSERT_TRUE(evaluation->branches);
  EXPECT_EQ(evaluation->branches->both.f1, evaluation->spans.micro.f1);
  EXPECT_NE(evaluation->branches->wide.f1, evaluation->branches->encoder.f1);
  EXPECT_EQ(evaluation->branches->encoder.f1, evaluate(*alone, context, set)->spans.micro.f1);
  EXPECT_EQ(evaluation->to_json()["branches"]["wide"]["f1-score"], evaluation->branches->wide.f1);
  EXPECT_THAT(evaluation->to_text(), HasSubstr("branch wide alone"));
  EXPECT_FALSE(evaluate(*both, context, set, encode_all(*both, set.sentences))->branches) << "not asked for";
  const std::string page = tag_evaluation_page(*evaluation, {.model = "m", .data = "d", .lineage = Json::object()});
  for (const char* part : {"Each branch alone", "wide branch alone", "两个分支各自的表现", "只用编码器"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST(TagEvaluation, ThePageStandsByItselfAndEscapes) {
  const auto model = tagger();
  TagSet set = some_set();
  for (Tag& tag : set.sentences[1].tags) tag.type = "<ORG>";
  engine::ExecutionContext context(1);
  const auto evaluation = evaluate(*model, context, set);
  ASSERT_TRUE(evaluation.ok());
  const Json curve = {{{"epoch", 1}, {"loss", 2.0}, {"valid", 0.1}}, {{"epoch", 2}, {"loss", 1.0}, {"valid", 0.4}}};
  const std::string page = tag_evaluation_page(
      *evaluation, {.model = "models/<a>", .data = "a.conll", .lineage = {{"learning_curve", curve}}});
  for (const char* part : {"实体识别评估报告", "Entity evaluation", "B-PER", "models/&lt;a&gt;", "B-&lt;ORG&gt;",
                           "学习曲线", "Most frequent mistakes", "repaired", "widened to it"})
    EXPECT_THAT(page, HasSubstr(part));
  for (const char* part : {"<ORG>", "<script", "http"}) EXPECT_THAT(page, Not(HasSubstr(part)));
}

TEST(ColumnLines, SayInAnySchemeWhatIsSaidAsSpans) {
  const auto model = tagger();
  engine::ExecutionContext context(1);
  const std::vector<std::string> texts = {"Anna lives in Newharbour", "", "安妮住青石。"};
  const auto entities = entity_lines(*model, context, texts);
  ASSERT_TRUE(entities.ok()) << entities.status().to_string();
  const std::size_t spans = (*entities)[0]["entities"].size() + (*entities)[2]["entities"].size();
  ASSERT_GT(spans, 0u) << "this seed is meant to say something";
  for (const Scheme scheme : {Scheme::kIob1, Scheme::kIob2, Scheme::kIobes, Scheme::kBmes}) {
    const auto lines = column_lines(*model, context, texts, scheme);
    ASSERT_TRUE(lines.ok()) << lines.status().to_string();
    std::vector<std::string> words, tags;
    std::size_t ends = 0, found = 0;
    std::istringstream in(*lines);
    for (std::string line; std::getline(in, line);) {
      if (line.empty()) {
        const auto parsed = parse_tags(tags, scheme);
        ASSERT_TRUE(parsed.ok()) << parsed.status().to_string();
        EXPECT_FALSE(first_broken(*parsed, scheme));
        found += lenient_spans(*parsed).size();
        tags.clear();
        ++ends;
        continue;
      }
      words.push_back(line.substr(0, line.find(' ')));
      tags.push_back(line.substr(line.find(' ') + 1));
    }
    EXPECT_THAT(words, ElementsAre("Anna", "lives", "in", "Newharbour", "安", "妮", "住", "青", "石", "。"));
    EXPECT_EQ(ends, 2u) << "a text without a word gives nothing";
    EXPECT_EQ(found, spans);
  }
}

TEST(EntityLines, OffsetsPointAtTheWordsOfTheText) {
  const auto model = tagger();
  engine::ExecutionContext context(1);
  const std::vector<std::string> texts = {"  Anna lives in Newharbour", "安妮住青石。", "", " \n"};
  const auto lines = entity_lines(*model, context, texts);
  ASSERT_TRUE(lines.ok()) << lines.status().to_string();
  ASSERT_EQ(lines->size(), 4u);
  std::size_t found = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ((*lines)[i]["text"], texts[i]);
    for (const OrderedJson& entity : (*lines)[i]["entities"]) {
      ++found;
      const auto begin = entity["begin_byte"].get<std::size_t>();
      EXPECT_EQ(entity["text"], texts[i].substr(begin, entity["end_byte"].get<std::size_t>() - begin));
      EXPECT_LE(entity["begin"], entity["begin_byte"]);
      EXPECT_GT(entity["end"], entity["begin"]);
      EXPECT_GT(entity["score"], 0.0);
      EXPECT_LE(entity["score"], 1.0);
    }
  }
  EXPECT_GT(found, 0u) << "this seed is meant to say something";
  EXPECT_TRUE((*lines)[2]["entities"].empty());
}

}  // namespace
}  // namespace yupu::tasks
