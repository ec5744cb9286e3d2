#include "strategy/loop.h"

#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "commerce/invoices/invoices.h"
#include "commerce/tenants/tenants.h"
#include "data/check/check.h"
#include "data/import.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "improvement/release.h"
#include "promotion/content/report.h"
#include "strategy/candidate.h"
#include "strategy/conversation_tests.h"
#include "strategy/knowledge_stage.h"
#include "strategy/live_shadow.h"
#include "strategy/rounds.h"
#include "strategy/visitors.h"

namespace yupu::strategy {
namespace {

// ---------------------------------------------------------------- data

Result<Json> data_input(const LoopContext& context) {
  const DataPlan& plan = context.strategy.data;
  Json sources = Json::array();
  for (const DataSource& source : plan.sources) {
    YUPU_ASSIGN_OR_RETURN(const std::string sha256, file_sha256(context.strategy.resolve(source.path)));
    sources.push_back({{"path", source.path},
                       {"sha256", sha256},
                       {"text", source.text_column},
                       {"label", source.label_column},
                       {"lang", source.lang_column},
                       {"split_column", source.split_column},
                       {"fixed_label", source.fixed_label},
                       {"fixed_split", source.fixed_split}});
    if (!source.out_of_scope.empty()) sources.back()["out_of_scope"] = source.out_of_scope;
  }
  return Json{{"name", context.strategy.name},
              {"seed", context.strategy.seed},
              {"sources", sources},
              {"valid_fraction", plan.valid_fraction},
              {"test_fraction", plan.test_fraction},
              {"min_examples_per_label", plan.min_examples_per_label},
              {"text_bytes_max", plan.text_bytes_max},
              {"check", plan.check},
              {"mask", context.strategy.privacy.mask.names()}};
}

// "train.csv:26: conflict: ..." of the first few, and how many more there are.
std::string first_errors(const data::CheckReport& report) {
  constexpr std::int64_t kNamed = 5;
  std::string text;
  std::int64_t count = 0;
  for (const data::Finding& finding : report.findings) {
    if (finding.severity != data::Severity::kError || ++count > kNamed) continue;
    const std::string where =
        finding.line > 0 ? fmt::format("{}:{}", finding.file, finding.line) : fmt::format("label '{}'", finding.label);
    text += fmt::format("{}{}: {}: {}", text.empty() ? "" : "; ", where, finding.kind, finding.detail);
  }
  return count > kNamed ? text + fmt::format("; and {} more", count - kNamed) : text;
}

// data/check over the files about to be imported: WORKDIR/checks/data.json and data.txt, and the counts of findings.
Result<Json> check_data(LoopContext& context, const data::ImportOptions& import) {
  if (context.strategy.data.check == "off") return Json::object();
  YUPU_ASSIGN_OR_RETURN(const data::CheckReport report,
                        data::check_before_training({.import = import, .threads = context.threads}, context.progress));
  const std::string prefix = context.workdir + "/checks/data";
  YUPU_RETURN_IF_ERROR(make_directories(context.workdir + "/checks"));
  YUPU_RETURN_IF_ERROR(report.write(prefix));
  const Json counts = report.counts();
  if (report.any_error() && context.strategy.data.check == "error") {
    return invalid_argument(
        fmt::format(
            "nothing is trained on this data: {}. All of it: {}.txt; data.check = \"warn\" leaves such rows out "
            "and goes on",
            first_errors(report), prefix),
        "data.check");
  }
  if (!report.findings.empty())
    context.progress.note(fmt::format("data check: {} (see {}.txt)", to_text(counts), prefix));
  return counts;
}

Result<Json> run_data(LoopContext& context) {
  const DataPlan& plan = context.strategy.data;
  data::ImportOptions options;
  options.name = context.strategy.name;
  options.valid_fraction = plan.valid_fraction;
  options.test_fraction = plan.test_fraction;
  options.seed = static_cast<std::uint64_t>(context.strategy.seed);
  options.min_examples_per_label = plan.min_examples_per_label;
  options.text_bytes_max = static_cast<std::size_t>(plan.text_bytes_max);
  options.mask = context.strategy.privacy.mask;
  for (const DataSource& source : plan.sources) {
    data::ImportSource file;
    file.path = context.strategy.resolve(source.path);
    file.name = source.path;
    file.text_column = source.text_column;
    file.label_column = source.label_column;
    if (!source.lang_column.empty()) file.lang_column = source.lang_column;
    file.split_column = source.split_column;
    file.out_of_scope = source.out_of_scope;
    file.fixed_label = source.fixed_label;
    file.fixed_split = source.fixed_split;
    options.sources.push_back(std::move(file));
  }
  YUPU_ASSIGN_OR_RETURN(const Json findings, check_data(context, options));
  YUPU_ASSIGN_OR_RETURN(const auto record,
                        data::import_dataset(options, context.workdir, context.store, context.clock, context.progress));
  YUPU_ASSIGN_OR_RETURN(const auto dataset, handoff::Dataset::from_json(record.body));
  return Json{{"dataset_id", record.id},
              {"rows", dataset.row_counts},
              {"labels", dataset.labels.size()},
              {"rejected", dataset.rejected_count},
              {"duplicates", dataset.duplicate_count},
              {"conflicts", dataset.conflict_count},
              {"findings", findings}};
}

Stage data_stage(LoopContext& context) {
  return {.name = "data",
          .summary = "texts in, cleaned, split, named by their content",
          .input = [&context](const Outputs&) { return data_input(context); },
          .run = [&context](const Outputs&) { return run_data(context); },
          .describe =
              [](const Json& output) {
                return fmt::format("{}, {} labels, rows {}, {} rejected, {} duplicates, {} in conflict",
                                   output["dataset_id"].get<std::string>(), output["labels"].get<int>(),
                                   to_text(output["rows"]), output["rejected"].get<int>(),
                                   output["duplicates"].get<int>(), output["conflicts"].get<int>());
              }};
}

// ---------------------------------------------------------------- train

Stage train_stage(LoopContext& context) {
  return {.name = "train",
          .summary = "a transformer fine-tuned by our own engine",
          .input = [&context](const Outputs& done) -> Result<Json> {
            Json input = training_settings(context.strategy);
            input["dataset_id"] = done.at("data")["dataset_id"];
            return input;
          },
          .run = [&context](const Outputs& done) -> Result<Json> {
            YUPU_ASSIGN_OR_RETURN(const auto dataset,
                                  handoff::get_record(context.store, done.at("data")["dataset_id"].get<std::string>()));
            YUPU_ASSIGN_OR_RETURN(const auto run, train_candidate(context, dataset, {}));
            return Json{{"run_id", run.id}, {"figures", run.body["figures"]}};
          },
          .describe =
              [](const Json& output) {
                return fmt::format("{}, test accuracy {:.4f}, macro F1 {:.4f}", output["run_id"].get<std::string>(),
                                   output["figures"].value("test.accuracy", 0.0),
                                   output["figures"].value("test.macro_f1", 0.0));
              }};
}

// ---------------------------------------------------------------- release

Stage release_stage(LoopContext& context) {
  return {.name = "release",
          .summary = "the gate: may this run answer customers?",
          .input = [&context](const Outputs& done) -> Result<Json> {
            return Json{{"run_id", done.at("train")["run_id"]}, {"rule", gate_rule(context.strategy).to_json()}};
          },
          .run = [&context](const Outputs& done) -> Result<Json> {
            YUPU_ASSIGN_OR_RETURN(const auto run,
                                  handoff::get_record(context.store, done.at("train")["run_id"].get<std::string>()));
            return release_candidate(context, run);
          },
          .describe =
              [](const Json& output) {
                return fmt::format("{}: {}", output["release_id"].get<std::string>(),
                                   output["reason"].get<std::string>());
              }};
}

// ---------------------------------------------------------------- accounts

Stage accounts_stage(LoopContext& context) {
  return {.name = "accounts",
          .summary = "plans, prices, tenants and their keys",
          .input = [&context](const Outputs&) -> Result<Json> {
            Json plans = Json::array();
            for (const Plan& plan : context.strategy.commerce.plans) {
              Json prices = Json::object();
              for (const Price& price : plan.prices) prices[price.meter] = price.per_thousand.ufen();
              plans.push_back(
                  {{"name", plan.name}, {"monthly_tokens", plan.monthly_tokens}, {"ufen_per_thousand", prices}});
            }
            Json tenants = Json::array();
            for (const Tenant& tenant : context.strategy.commerce.tenants)
              tenants.push_back({{"name", tenant.name}, {"plan", tenant.plan}});
            return Json{{"plans", plans}, {"tenants", tenants}};
          },
          .run = [&context](const Outputs&) { return open_accounts(context); },
          .describe =
              [](const Json& output) {
                return fmt::format("{} plans, {} tenants", output["plans"].get<int>(), output["tenants"].size());
              }};
}

// ---------------------------------------------------------------- collect

Result<Json> run_collect(LoopContext& context) {
  const Month month = month_of(context.clock.now_ns());
  YUPU_ASSIGN_OR_RETURN(const auto run, commerce::run_invoices(context.store, context.clock, month));
  YUPU_ASSIGN_OR_RETURN(const auto tenants, commerce::list_tenants(context.store));
  Json list = Json::array();
  for (const auto& invoice : run.invoices) {
    Json row = invoice.to_json();
    for (const auto& tenant : tenants) {
      if (tenant.id == invoice.tenant_id) row["tenant"] = tenant.name;
    }
    list.push_back(std::move(row));
  }
  return Json{{"month", run.month}, {"invoices", list}};
}

Stage collect_stage(LoopContext& context) {
  return {.name = "collect",
          .summary = "the month's invoices from the usage events",
          .input = [&context](const Outputs& done) -> Result<Json> {
            return Json{{"month", month_of(context.clock.now_ns()).to_string()},
                        {"visitors", done.at("visitors")},
                        {"release_id", done.at("release")["release_id"]}};
          },
          .run = [&context](const Outputs&) { return run_collect(context); },
          .describe =
              [](const Json& output) {
                std::string text = output["month"].get<std::string>();
                for (const Json& invoice : output["invoices"]) {
                  text += fmt::format("; {} for {}: {} fen with VAT", invoice.value("state", "invoice"),
                                      invoice.value("tenant", ""), invoice.value("total_fen", std::int64_t{0}));
                }
                return text;
              }};
}

// ---------------------------------------------------------------- improve

Stage improve_stage(LoopContext& context) {
  return {.name = "improve",
          .summary = "corrections -> next dataset -> candidate -> gate",
          .input = [&context](const Outputs& done) -> Result<Json> {
            // The live release changes when this very stage releases; what decides a round is what it started from.
            YUPU_ASSIGN_OR_RETURN(const Json corrections, improvement_input(context));
            const ImprovePlan& plan = context.strategy.improve;
            Json input = {{"release_id", done.at("release")["release_id"]},
                          {"corrections", corrections},
                          {"epochs", plan.epochs},
                          {"lr", plan.lr}};
            // Only where they are not what every round had before there were any.
            const ImprovePlan usual;
            if (plan.shadow_calls != usual.shadow_calls) input["shadow_calls"] = plan.shadow_calls;
            if (plan.shadow_changed_max != usual.shadow_changed_max)
              input["shadow_changed_max"] = plan.shadow_changed_max;
            if (plan.shadow_live_calls != usual.shadow_live_calls) {
              YUPU_ASSIGN_OR_RETURN(const LiveShadow shadow, live_shadow_state(context));
              input["shadow_live"] = {plan.shadow_live_calls, shadow == LiveShadow::kRead};
            }
            return input;
          },
          .run = [&context](const Outputs&) -> Result<Json> {
            YUPU_ASSIGN_OR_RETURN(auto improved, improve_and_log(context, "yupu run"));
            Json outcome = std::move(improved.outcome);
            if (outcome.value("released", false)) YUPU_RETURN_IF_ERROR(context.service().status());
            // What visitors wrote is deleted with their conversations: a stage's output, which stays, keeps the count
            // alone.
            if (outcome.contains("shadow")) outcome["shadow"].erase("differences");
            return outcome;
          },
          .describe = [](const Json& output) { return output["reason"].get<std::string>(); }};
}

// ---------------------------------------------------------------- promote

Stage promote_stage(LoopContext& context) {
  return {
      .name = "promote",
      .summary = "the technical report, every number bound to a record",
      .input = [&context](const Outputs&) -> Result<Json> {
        YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(context.store, context.strategy.name));
        return Json{{"report", context.strategy.report}, {"release_id", live ? live->release_id : std::string()}};
      },
      .run = [&context](const Outputs&) -> Result<Json> {
        if (!context.strategy.report) return Json{{"pages", Json::array()}};
        return write_reports(context);
      },
      .describe = [](const Json& output) { return output["pages"].empty() ? "not wanted" : to_text(output["pages"]); }};
}

}  // namespace

std::vector<Stage> loop_stages(LoopContext& context) {
  std::vector<Stage> stages = {data_stage(context),     train_stage(context),    release_stage(context),
                               accounts_stage(context), visitors_stage(context), collect_stage(context),
                               improve_stage(context),  promote_stage(context)};
  // After train: what does not pass is not released.
  if (!context.strategy.service.tests.empty()) stages.insert(stages.begin() + 2, test_stage(context));
  // Before train: a document that cannot be read is found before the long work.
  if (context.strategy.knowledge) stages.insert(stages.begin() + 1, knowledge_stage(context));
  return stages;
}

}  // namespace yupu::strategy
