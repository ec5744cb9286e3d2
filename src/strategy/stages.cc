#include "strategy/stages.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"

namespace yupu::strategy {

Result<std::optional<StageRunner::Stored>> StageRunner::load(std::string_view stage) {
  std::optional<Stored> stored;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT input_sha256, output FROM stage WHERE strategy = ? AND stage = ?",
                                            {strategy_, std::string(stage)}));
    if (rows.empty()) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(rows[0].text(1)));
    if (!body.contains("input") || !body.contains("output") || !body.contains("seconds")) {
      return internal_error(fmt::format("stage '{}' has an unreadable row in the store", stage));
    }
    stored = Stored{rows[0].text(0), body["input"], body["output"], body["seconds"].get<double>()};
    return ok_status();
  }));
  return stored;
}

Status StageRunner::save(std::string_view stage, const Stored& stored) {
  const Json body = {{"input", stored.input}, {"output", stored.output}, {"seconds", stored.seconds}};
  const std::vector<store::Value> row{strategy_, std::string(stage), stored.input_sha256, to_text(body),
                                      clock_.now_ns()};
  return store_.write([row](store::Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO stage (strategy, stage, input_sha256, output, finished_ns) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (strategy, stage) DO UPDATE SET input_sha256 = excluded.input_sha256, "
            "output = excluded.output, finished_ns = excluded.finished_ns",
            std::span<const store::Value>(row))
        .status();
  });
}

Result<std::vector<StagePlan>> StageRunner::plan(const std::vector<Stage>& stages) {
  std::vector<StagePlan> plans;
  Outputs outputs;
  std::string waits_for;  // the first stage that would run: what comes after it depends on its output
  for (const Stage& stage : stages) {
    YUPU_ASSIGN_OR_RETURN(const auto stored, load(stage.name));
    StagePlan plan{.name = stage.name, .summary = stage.summary, .state = StageState::kWaits, .why = {}, .seconds = {}};
    if (stored) plan.seconds = stored->seconds;
    if (!waits_for.empty()) {
      plan.why = fmt::format("waits for what '{}' gives", waits_for);
      plans.push_back(std::move(plan));
      continue;
    }
    YUPU_ASSIGN_OR_RETURN(const Json input, stage.input(outputs));
    if (stored && stored->input_sha256 == sha256_hex(to_text(input))) {
      plan.state = StageState::kDone;
      plan.why = "done; the input is the same";
      outputs[stage.name] = stored->output;
    } else {
      plan.state = stored ? StageState::kChanged : StageState::kNeverRan;
      plan.why = stored ? "changed: " + changed_keys(stored->input, input) : "never ran";
      waits_for = stage.name;
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

Result<std::vector<StageOutcome>> StageRunner::run(const std::vector<Stage>& stages, std::string_view until) {
  std::vector<StageOutcome> outcomes;
  Outputs outputs;
  for (const Stage& stage : stages) {
    YUPU_ASSIGN_OR_RETURN(const Json input, stage.input(outputs));
    const std::string input_sha256 = sha256_hex(to_text(input));
    YUPU_ASSIGN_OR_RETURN(auto stored, load(stage.name));
    StageOutcome outcome;
    outcome.name = stage.name;
    if (stored && stored->input_sha256 == input_sha256) {
      outcome.skipped = true;
      outcome.seconds = stored->seconds;
      outcome.output = std::move(stored->output);
    } else {
      progress_.note(fmt::format("== {}: {}", stage.name, stage.summary));
      const std::int64_t started_ns = clock_.monotonic_ns();
      auto output = stage.run(outputs);
      if (!output.ok()) return output.status().with_context(fmt::format("stage '{}'", stage.name));
      outcome.seconds = static_cast<double>(clock_.monotonic_ns() - started_ns) / 1e9;
      outcome.output = std::move(output).value();
      YUPU_RETURN_IF_ERROR(save(stage.name, {input_sha256, input, outcome.output, outcome.seconds}));
    }
    outcome.text = stage.describe ? stage.describe(outcome.output) : std::string();
    if (outcome.skipped) {
      progress_.note(fmt::format("-- {}: done before, skipped ({})", stage.name, outcome.text));
    } else {
      progress_.note(fmt::format("   {}: {} ({:.1f} s)", stage.name, outcome.text, outcome.seconds));
    }
    outputs[stage.name] = outcome.output;
    outcomes.push_back(std::move(outcome));
    if (stage.name == until) break;
  }
  return outcomes;
}

std::string changed_keys(const Json& before, const Json& after) {
  const Json flat_before = before.flatten();
  const Json flat_after = after.flatten();
  std::vector<std::string> keys;
  const auto note = [&](const std::string& pointer) {
    std::string key = pointer.substr(std::min<std::size_t>(1, pointer.size()));
    std::replace(key.begin(), key.end(), '/', '.');
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  };
  for (const auto& [pointer, value] : flat_before.items()) {
    if (!flat_after.contains(pointer) || flat_after[pointer] != value) note(pointer);
  }
  for (const auto& [pointer, value] : flat_after.items()) {
    if (!flat_before.contains(pointer)) note(pointer);
  }
  const std::size_t shown = std::min<std::size_t>(keys.size(), 4);
  std::string text =
      fmt::format("{}", fmt::join(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (keys.size() > shown) text += fmt::format(" and {} more", keys.size() - shown);
  return text;
}

}  // namespace yupu::strategy
