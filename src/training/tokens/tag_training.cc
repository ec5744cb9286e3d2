#include "training/tokens/tag_training.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"
#include "tasks/tokens/evaluate.h"
#include "training/fresh_model.h"
#include "training/task_run.h"
#include "training/tokens/tag_learner.h"

namespace yupu::training {
namespace {

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 2;
constexpr const char* kMetric = "span_f1";

tasks::Scheme learned_scheme(tasks::Scheme of_file) {
  return of_file == tasks::Scheme::kIob1 ? tasks::Scheme::kIob2 : of_file;
}

Result<std::set<std::string>> types_of(const tasks::TagSet& train) {
  std::set<std::string> types;
  for (const tasks::TaggedWords& sentence : train.sentences) {
    for (const tasks::Tag& tag : sentence.tags) {
      if (tag.prefix != tasks::Prefix::kOutside) types.insert(tag.type);
    }
  }
  if (train.sentences.empty()) return invalid_argument("no training sentence", "train");
  if (types.empty()) {
    return invalid_argument(
        fmt::format("{}: every tag is \"O\": there is nothing to tell apart (is it the right column?)", train.path),
        "train");
  }
  return types;
}

Status require_known(const tasks::TagSet& set, const std::set<std::string>& types, const char* field) {
  for (const tasks::TaggedWords& sentence : set.sentences) {
    for (std::size_t i = 0; i < sentence.tags.size(); ++i) {
      const tasks::Tag& tag = sentence.tags[i];
      if (tag.prefix == tasks::Prefix::kOutside || types.contains(tag.type)) continue;
      return invalid_argument(
          fmt::format("{}: line {}: tag \"{}\": no training sentence has a \"{}\" (it has {})", set.path,
                      sentence.lines[i], tasks::tag_text(tag, set.scheme), tag.type, fmt::join(types, ", ")),
          field);
    }
  }
  return ok_status();
}

Result<std::unique_ptr<tasks::Tagger>> fresh_tagger(const TagOptions& options, const tasks::Tagger::Fresh& fresh) {
  std::vector<std::string> texts;
  for (const tasks::TaggedWords& sentence : options.train.sentences)
    texts.push_back(fmt::format("{}", fmt::join(sentence.words, " ")));
  YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(options.loop, texts, options.cased));
  return tasks::Tagger::create(model.config, std::move(model.tokenizer), fresh);
}

Result<std::unique_ptr<tasks::Tagger>> begun_tagger(const TagOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const std::set<std::string> types, types_of(options.train));
  YUPU_RETURN_IF_ERROR(require_known(options.valid, types, "valid"));
  YUPU_RETURN_IF_ERROR(require_known(options.test, types, "test"));
  const tasks::Scheme scheme = learned_scheme(options.train.scheme);
  const tasks::Tagger::Fresh fresh{.tags = tasks::complete_tags(types, scheme),
                                   .scheme = scheme,
                                   .crf = options.crf,
                                   .seed = options.loop.seed,
                                   .max_length = options.loop.max_length};
  if (options.loop.base.empty()) return fresh_tagger(options, fresh);
  return model_from_base<tasks::Tagger>(options.loop, fresh);
}

Result<std::unique_ptr<tasks::Tagger>> make_tagger(const TagOptions& options) {
  YUPU_ASSIGN_OR_RETURN(auto tagger, begun_tagger(options));
  if (options.loop.wide) tagger->add_wide(options.train.sentences);
  return tagger;
}

std::string sentences_sha256(const tasks::TagSet& set) {
  Sha256 hash;
  for (const tasks::TaggedWords& sentence : set.sentences) {
    hash.field(std::to_string(sentence.words.size()));
    const auto tags = tasks::tag_texts(sentence.tags, set.scheme);
    for (std::size_t i = 0; i < tags.size(); ++i) hash.field(sentence.words[i]).field(tags[i]);
  }
  return hash.finish_hex();
}

// What decides the weights.
engine::Facts deciding_facts(const TagOptions& options, engine::Precision precision, const tasks::Tagger& tagger) {
  return {{"options", to_text(deciding_options(options))},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"training sentences", sentences_sha256(options.train)},
          {"validation sentences", sentences_sha256(options.valid)},
          {"vocabulary", std::string(tagger.tokenizer().content_id())},
          {"weights to begin from", tagger.weights_sha256()}};
}

Status add_figures(const std::string& prefix, const tasks::Tagger& tagger, engine::ExecutionContext& context,
                   const tasks::TagSet& set, std::map<std::string, double>& figures) {
  if (set.sentences.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(tagger, context, set));
  figures[prefix + "span_f1"] = evaluation.spans.micro.f1;
  figures[prefix + "span_precision"] = evaluation.spans.micro.precision;
  figures[prefix + "span_recall"] = evaluation.spans.micro.recall;
  figures[prefix + "token_accuracy"] = evaluation.tokens.accuracy;
  figures[prefix + "token_macro_f1"] = evaluation.tokens.macro.f1;
  if (evaluation.branches) {
    figures[prefix + "span_f1_encoder_alone"] = evaluation.branches->encoder.f1;
    figures[prefix + "span_f1_wide_alone"] = evaluation.branches->wide.f1;
  }
  for (const auto& [type, of_type] : evaluation.spans.types) figures[prefix + "span_f1." + type] = of_type.f1;
  return ok_status();
}

void tell_repairs(const TagOptions& options, handoff::Progress& progress) {
  for (const tasks::TagSet* set : {&options.train, &options.valid, &options.test}) {
    if (set->widened_spans > 0) {
      progress.note(fmt::format("{}: {} spans began or ended within a word and were widened to it (first at line {})",
                                set->path, set->widened_spans, set->first_widened_line));
    }
    if (set->repaired_tags == 0) continue;
    progress.note(fmt::format("{}: {} tags of {} sentences were not right in {} and were repaired (first at line {})",
                              set->path, set->repaired_tags, set->repaired_sentences, tasks::scheme_name(set->scheme),
                              set->first_repaired_line));
  }
}

Result<TrainResult> train_checked(const TagOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto tagger, make_tagger(options));
  tell_repairs(options, progress);
  return run_task({.loop = options.loop,
                   .row_count = options.train.sentences.size(),
                   .facts = [&](engine::Precision precision) { return deciding_facts(options, precision, *tagger); },
                   .learner = [&]() -> Result<std::unique_ptr<Learner>> {
                     return std::unique_ptr<Learner>(std::make_unique<TagLearner>(options, *tagger));
                   },
                   .judge = [&](engine::ExecutionContext& context, std::map<std::string, double>& figures) -> Status {
                     figures["train.repaired_tags"] = static_cast<double>(options.train.repaired_tags);
                     figures["train.widened_spans"] = static_cast<double>(options.train.widened_spans);
                     YUPU_RETURN_IF_ERROR(add_figures("valid.", *tagger, context, options.valid, figures));
                     return add_figures("test.", *tagger, context, options.test, figures);
                   }},
                  collective, progress, *tagger);
}

}  // namespace

Json deciding_options(const TagOptions& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread : {"target_precision", "learn_out_of_scope"}) json.erase(unread);
  json["task"] = "tokens";
  json["recipe"] = kRecipe;
  json["metric"] = kMetric;
  json["scheme"] = tasks::scheme_name(learned_scheme(options.train.scheme));
  json["crf"] = options.crf;
  json["crf_lr"] = options.crf ? options.crf_lr : 0.0;
  json["cased"] = options.loop.base.empty() ? Json(options.cased) : Json();
  return json;
}

Result<TrainResult> train_tagger(const TagOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  if (!(options.crf_lr >= 1e-9 && options.crf_lr <= 10.0))
    return invalid_argument(fmt::format("crf_lr is {}, must be 1e-9 to 10", options.crf_lr), "crf_lr");
  if (options.loop.method != "full")
    return invalid_argument(fmt::format("method \"{}\": taggers are trained whole (full)", options.loop.method),
                            "method");
  TagOptions named = options;
  named.loop.metric = kMetric;
  return framed(named.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(named, collective, root_progress);
  });
}

}  // namespace yupu::training
