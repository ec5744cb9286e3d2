// yupu evaluate and yupu predict: a model directory on rows, and on texts.
#include "tasks/classify/evaluate.h"

#include <iostream>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/tag_files.h"
#include "app/workplace.h"
#include "base/file.h"
#include "data/rows.h"
#include "engine/execution_context.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/evaluation_page.h"
#include "training/precision.h"

namespace yupu::app {

Status evaluate_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const std::string model = arguments.required_text("--model");
  data::ImportSource source;
  source.path = arguments.required_text("--data");
  source.text_column = arguments.text("--text", "text");
  source.label_column = arguments.text("--label", "label");
  source.lang_column = arguments.text("--lang", "lang");
  const TagFlags tag_flags = read_tag_flags(arguments);
  const std::string html = arguments.text("--html");
  const auto threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  const engine::Precision precision = read_precision(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (is_tagger(model)) {
    return evaluate_tagger({.model = model, .threads = threads, .precision = precision},
                           {.data = source.path, .flags = tag_flags, .html = html, .json = json});
  }
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(model, {.placement = model::Placement::kMapped}));
  YUPU_ASSIGN_OR_RETURN(const auto rows, data::read_labelled_file(source));
  engine::ExecutionContext context(threads, training::usable_precision(precision, *terminal_progress()));
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(*classifier, context, rows));
  if (!html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        html,
        tasks::evaluation_page(evaluation, {.model = model, .data = source.path, .lineage = classifier->lineage()})));
  }
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

namespace {

// The texts to predict: of --text, of a file's lines, or of standard input.
Result<std::vector<std::string>> texts_to_predict(std::vector<std::string> texts,
                                                  const std::vector<std::string>& words) {
  if (!words.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::string content, read_file(words[0]));
    std::size_t begin = 0;
    while (begin < content.size()) {
      const std::size_t end = std::min(content.find('\n', begin), content.size());
      texts.push_back(content.substr(begin, end - begin));
      begin = end + 1;
    }
  } else if (texts.empty()) {
    for (std::string line; std::getline(std::cin, line);) texts.push_back(line);
  }
  return texts;
}

}  // namespace

Status predict_command(Arguments& arguments) {
  arguments.flag("--json");  // the output is JSON lines either way
  const std::string model = arguments.required_text("--model");
  const auto given = arguments.many("--text");
  const auto top_k = static_cast<std::size_t>(arguments.integer("--top-k", 3, 1, 1000));
  const auto threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  const engine::Precision precision = read_precision(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const auto texts, texts_to_predict(given, words));
  if (is_tagger(model)) return predict_entities({.model = model, .threads = threads, .precision = precision}, texts);
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(model, {.placement = model::Placement::kMapped}));
  engine::ExecutionContext context(threads, training::usable_precision(precision, *terminal_progress()));
  constexpr std::size_t kBatch = 256;
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, texts.size());
    std::vector<text::Encoding> encodings;
    for (std::size_t i = begin; i < end; ++i) encodings.push_back(classifier->encode(texts[i]));
    YUPU_ASSIGN_OR_RETURN(const auto logits, classifier->logits(context, encodings));
    for (std::size_t i = begin; i < end; ++i) {
      const OrderedJson line = tasks::prediction_json(*classifier, texts[i], logits[i - begin], top_k);
      print_text(line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
    }
  }
  return ok_status();
}

}  // namespace yupu::app
