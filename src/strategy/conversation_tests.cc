#include "strategy/conversation_tests.h"

#include <fmt/format.h>

#include "base/file.h"
#include "engine/execution_context.h"
#include "handoff/types.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/shelf.h"
#include "serving/classifier_model.h"
#include "strategy/answers.h"
#include "strategy/knowledge_plan.h"
#include "text/personal/mask.h"

namespace yupu::strategy {
namespace {

Result<Json> test_input(const LoopContext& context, const Outputs& done) {
  const Strategy& strategy = context.strategy;
  YUPU_ASSIGN_OR_RETURN(const std::string answers_sha256, file_sha256(strategy.resolve(strategy.service.answers)));
  YUPU_ASSIGN_OR_RETURN(const std::string strategy_sha256, file_sha256(strategy.path));
  std::vector<products::DocumentRow> documents;
  if (strategy.knowledge) {
    YUPU_ASSIGN_OR_RETURN(documents, products::list_documents(context.store, products::kOwnShelf));
  }
  Json input{{"run_id", done.at("train")["run_id"]}, {"answers", answers_sha256}, {"strategy", strategy_sha256}};
  for (const products::DocumentRow& document : documents) input["documents"][document.source] = document.sha256;
  return input;
}

}  // namespace

Result<products::ScriptReport> test_conversations(const Strategy& strategy, const std::string& model_directory,
                                                  int threads, store::Store& store, const Clock& clock) {
  if (strategy.service.tests.empty()) return products::ScriptReport{};
  YUPU_ASSIGN_OR_RETURN(products::AnswerBook book, load_answers(strategy.resolve(strategy.service.answers),
                                                                strategy.service.dialogue.utc_offset_minutes));
  YUPU_ASSIGN_OR_RETURN(const auto dialogue, make_dialogue(strategy, std::move(book)));
  engine::ExecutionContext engine(threads);
  tasks::BaseCache bases;
  YUPU_ASSIGN_OR_RETURN(const auto model, serving::classifier_loader(engine, bases)(model_directory));
  const auto scorer = [&](const std::string& said) -> Result<serving::ScoredText> {
    // As the bot reads it (ServiceOptions::mask_read).
    const std::string text = text::mask_personal_data(said, strategy.privacy.mask);
    const serving::BatchText batch[] = {{.model = model.get(), .encoding = model->encode(text)}};
    YUPU_ASSIGN_OR_RETURN(const auto rows, model->logits(batch));
    return serving::scored_text(model->card(), rows.front());
  };
  YUPU_ASSIGN_OR_RETURN(const auto knowledge, open_knowledge(strategy, store));
  products::Finder finder;
  if (knowledge != nullptr) finder = [&knowledge](const std::string& text) { return knowledge->find({}, text); };
  return products::run_scripts(*dialogue, strategy.service.tests, model->card(), scorer, clock.now_ns(), finder);
}

Result<products::ScriptReport> test_run(const LoopContext& context, const handoff::Record& run_record) {
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  return test_conversations(context.strategy, context.workdir + "/" + run.model_directory, context.threads,
                            context.store, context.clock);
}

Stage test_stage(LoopContext& context) {
  return {.name = "test",
          .summary = "conversations whose answers must not change",
          .input = [&context](const Outputs& done) { return test_input(context, done); },
          .run = [&context](const Outputs& done) -> Result<Json> {
            YUPU_ASSIGN_OR_RETURN(const auto run,
                                  handoff::get_record(context.store, done.at("train")["run_id"].get<std::string>()));
            YUPU_ASSIGN_OR_RETURN(const auto report, test_run(context, run));
            if (!report.failures.empty()) return conflict(report.to_text());
            return report.to_json();
          },
          .describe =
              [](const Json& output) {
                return fmt::format("{} tests, {} turns", output["tests"].get<int>(), output["turns"].get<int>());
              }};
}

}  // namespace yupu::strategy
