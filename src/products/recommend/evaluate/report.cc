// An evaluation as lines for people and as JSON for programs.
#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/terminal.h"
#include "products/recommend/evaluate/evaluation.h"

namespace yupu::recommend {
namespace {

constexpr std::array<std::string_view, kSliceCount> kSliceNames = {"all",       "warm", "cold_user", "new_user",
                                                                   "cold_item", "head", "tail"};

std::string settings_text(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += fmt::format("{}{} {:g}", text.empty() ? "" : ", ", name, value);
  return text;
}

std::string interval_text(const Interval& interval) {
  return fmt::format("{:.4f} [{:.4f}, {:.4f}]", interval.value, interval.low, interval.high);
}

OrderedJson json_of(const SliceFigures& figures) {
  return {{"users", figures.users},
          {"questions", figures.questions},
          {fmt::format("recall@{}", kRecallDepth), figures.recall.to_json()},
          {fmt::format("ndcg@{}", kListDepth), figures.ndcg.to_json()},
          {"mrr", figures.mrr.to_json()}};
}

OrderedJson json_of(const MethodReport& method) {
  OrderedJson json = {{"name", method.name}, {"summary", method.summary}, {"baseline", method.is_baseline}};
  if (!method.skipped.empty()) {
    json["skipped"] = method.skipped;
    return json;
  }
  json["settings"] = method.settings;
  json["trials"] = method.trials;
  json[fmt::format("valid_ndcg@{}", kListDepth)] = method.valid_ndcg;
  for (std::size_t slice = 0; slice < kSliceCount; ++slice)
    json["slices"][std::string(kSliceNames[slice])] = json_of(method.slices[slice]);
  json[fmt::format("coverage@{}", kListDepth)] = method.catalogue.coverage;
  json["gini"] = method.catalogue.gini;
  json["novelty"] = method.catalogue.novelty;
  json["variety"] = method.variety.to_json();
  json["answered_by_fallback"] = method.fallback_answers;
  json["above_best_baseline"] = method.above_best_baseline.to_json();
  if (method.is_combined) json["above_best_single"] = method.above_best_single.to_json();
  json["leak"] = method.leak.has_value();
  if (method.lists) json["lists"] = method.lists->to_json();
  return json;
}

// Marked lists, a row a method, under what drawing at random gives.
std::string lists_text(const EvaluationReport& report) {
  if (!report.random_lists) return {};
  const MarkedReport& random = *report.random_lists;
  std::string text = fmt::format("\nlists: {} of {} users\n{}  {:<24}  {:<24}  {:<24}  {}\n", random.lists,
                                 random.users, left_aligned("", 10), "AUC", "MRR", "nDCG@5", "nDCG@10");
  const auto add = [&](const std::string& name, const MarkedReport& figures) {
    text += fmt::format("{}  {}  {}  {}  {}\n", left_aligned(name, 10), interval_text(figures.auc),
                        interval_text(figures.mrr), interval_text(figures.ndcg_5), interval_text(figures.ndcg_10));
  };
  add("random", random);
  for (const MethodReport& method : report.methods) {
    if (method.lists) add(method.name, *method.lists);
  }
  return text;
}

// What lists are like as ordered, and as a shop puts them.
std::string variety_text(const EvaluationReport& report) {
  std::string text = fmt::format(
      "\nvariety: first tens as ordered, and chosen with relevance {:g}, tag share {:g}\n"
      "{}  {:>8} {:>7} {:>7}  {:<24}  {:<24}  {:>7}\n",
      report.options.rules.relevance, report.options.rules.tag_share, left_aligned("", 10), "likeness", "varied",
      "less", fmt::format("nDCG@{}", kListDepth), "varied", "less");
  for (const MethodReport& method : report.methods) {
    if (!method.skipped.empty()) continue;
    const VarietyFigures& variety = method.variety;
    text +=
        fmt::format("{}  {:>8.4f} {:>7.4f} {:>6.1f}%  {}  {}  {:>6.1f}%\n", left_aligned(method.name, 10),
                    variety.likeness.value, variety.varied_likeness.value, 100 * variety.likeness_saved_share(),
                    interval_text(variety.ndcg), interval_text(variety.varied_ndcg), 100 * variety.ndcg_lost_share());
  }
  return text;
}

std::string row_text(const MethodReport& method, const SliceFigures& figures) {
  return fmt::format("{}  {}  {}  {}", left_aligned(method.name, 10), interval_text(figures.recall),
                     interval_text(figures.ndcg), interval_text(figures.mrr));
}

}  // namespace

std::string_view slice_name(Slice slice) { return kSliceNames[static_cast<std::size_t>(slice)]; }

bool EvaluationReport::leaks() const {
  return std::any_of(methods.begin(), methods.end(),
                     [](const MethodReport& method) { return method.leak.has_value(); });
}

std::string EvaluationReport::to_text() const {
  std::string text =
      fmt::format("{} users, {} items ({} without a text), {} events\n", users, items, undescribed_items, events);
  text += fmt::format("train {} events, validation {} from {}, test {} from {}\n", split.train_events,
                      split.valid_events, format_utc(split.valid_ns), split.test_events, format_utc(split.test_ns));
  text += fmt::format("{} questions of the test (protocol {}, kind {} or stronger), {} to choose settings by\n",
                      test_questions, protocol_name(options.protocol), kind_name(options.relevant), valid_questions);
  for (std::size_t slice = 0; slice < kSliceCount; ++slice) {
    const auto shown = std::find_if(methods.begin(), methods.end(), [](const auto& m) { return m.skipped.empty(); });
    if (shown == methods.end()) continue;
    text += fmt::format("\n{}: {} questions of {} users\n", kSliceNames[slice], shown->slices[slice].questions,
                        shown->slices[slice].users);
    if (shown->slices[slice].questions == 0) continue;
    text += fmt::format("{}  {:<24}  {:<24}  {}\n", left_aligned("", 10), fmt::format("recall@{}", kRecallDepth),
                        fmt::format("nDCG@{}", kListDepth), "MRR");
    for (const MethodReport& method : methods) {
      if (method.skipped.empty()) text += row_text(method, method.slices[slice]) + "\n";
    }
  }
  text += fmt::format("\n{}  {:>8} {:>6} {:>7} {:>8}  {:<26} settings\n", left_aligned("", 10), "coverage", "gini",
                      "novelty", "fallback", "nDCG above " + best_baseline);
  for (const MethodReport& method : methods) {
    if (!method.skipped.empty()) {
      text += fmt::format("{}  left out: {}\n", left_aligned(method.name, 10), method.skipped);
      continue;
    }
    text +=
        fmt::format("{}  {:>8.4f} {:>6.3f} {:>7.2f} {:>8}  {:<26} {}\n", left_aligned(method.name, 10),
                    method.catalogue.coverage, method.catalogue.gini, method.catalogue.novelty, method.fallback_answers,
                    interval_text(method.above_best_baseline), settings_text(method.settings));
  }
  text += variety_text(*this);
  for (const MethodReport& method : methods) {
    if (!method.is_combined || !method.skipped.empty() || best_single.empty()) continue;
    text += fmt::format("\n{} minus {}, the best single method on the validation: nDCG@{} {}\n", method.name,
                        best_single, kListDepth, interval_text(method.above_best_single));
  }
  text += lists_text(*this);
  text += "\nleak check: ";
  for (const MethodReport& method : methods) {
    if (!method.leak) continue;
    text += fmt::format("{} looks into the future (at {}); ", method.name, format_utc(method.leak->question.time_ns));
  }
  text += leaks() ? "its figures mean nothing" : "no method looks into the future";
  return text;
}

OrderedJson EvaluationReport::to_json() const {
  OrderedJson json = {{"users", users},
                      {"items", items},
                      {"undescribed_items", undescribed_items},
                      {"events", events},
                      {"split", split.to_json()},
                      {"protocol", protocol_name(options.protocol)},
                      {"relevant", kind_name(options.relevant)},
                      {"seed", options.seed},
                      {"valid_questions", valid_questions},
                      {"test_questions", test_questions},
                      {"best_baseline", best_baseline},
                      {"best_single", best_single}};
  json["methods"] = OrderedJson::array();
  for (const MethodReport& method : methods) json["methods"].push_back(json_of(method));
  if (random_lists) json["random_lists"] = random_lists->to_json();
  json["leaks"] = leaks();
  return json;
}

}  // namespace yupu::recommend
