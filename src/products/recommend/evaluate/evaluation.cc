#include "products/recommend/evaluate/evaluation.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/recommend/evaluate/asking.h"
#include "products/recommend/methods/ranker/boosting/lambda_mart.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kFallback = "popularity";

// Which items are known, and how well, when the test begins.
struct ItemRanks {
  std::vector<std::int64_t> events;
  std::vector<std::uint8_t> head;
};

ItemRanks ranks_of(const Collection& collection, std::int64_t test_ns, double head_share) {
  const std::size_t items = collection.items.size();
  ItemRanks ranks{.events = std::vector<std::int64_t>(items, 0), .head = std::vector<std::uint8_t>(items, 0)};
  for (const tasks::Behaviour& event : collection.log.before(test_ns)) ++ranks.events[event.item];
  std::vector<std::uint32_t> order(items);
  std::iota(order.begin(), order.end(), 0u);
  std::erase_if(order, [&](std::uint32_t item) { return ranks.events[item] == 0; });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return ranks.events[a] > ranks.events[b]; });
  order.resize(static_cast<std::size_t>(head_share * static_cast<double>(order.size())));
  for (const std::uint32_t item : order) ranks.head[item] = 1;
  return ranks;
}

struct Tuned {
  Settings settings;
  double valid_ndcg = -1.0;
  std::size_t trials = 0;
};

class Contest {
 public:
  Contest(const Collection& collection, const Tools& tools, engine::ExecutionContext& context,
          const EvaluationOptions& options, const std::function<void(const std::string&)>& tell)
      : collection_(collection), tools_(tools), context_(context), options_(options), tell_(tell) {}

  Result<EvaluationReport> run() {
    YUPU_RETURN_IF_ERROR(prepare());
    const MethodRow& fallback_row = *find_method(kFallback);
    YUPU_ASSIGN_OR_RETURN(const Tuned tuned_fallback, tune(fallback_row, nullptr));
    fallback_ = fallback_row.make(tuned_fallback.settings, tools_);  // learns nothing: fitted by being made
    std::vector<std::vector<double>> ndcg_of_users;
    for (const MethodRow& row : methods()) {
      if (!is_asked_for(row.name)) continue;
      MethodReport method{
          .name = std::string(row.name), .summary = std::string(row.summary), .is_baseline = row.is_baseline};
      method.is_combined = row.is_combined;
      std::vector<double> ndcg;
      const Status status = judge(row, method, ndcg);
      if (!status.ok() && status.code() != Code::kTooLarge) return status;
      method.skipped = status.message();
      tell_(method.skipped.empty()
                ? fmt::format("{}: nDCG@{} {:.4f}", row.name, kListDepth, method.slices[0].ndcg.value)
                : fmt::format("{}: left out: {}", row.name, method.skipped));
      report_.methods.push_back(std::move(method));
      ndcg_of_users.push_back(std::move(ndcg));
    }
    compare(ndcg_of_users);
    if (!options_.lists.empty())
      report_.random_lists = judge_random(options_.lists, report_.split.test_ns, options_.seed, options_.resamples);
    return std::move(report_);
  }

 private:
  bool is_asked_for(std::string_view name) const {
    return options_.only.empty() || std::find(options_.only.begin(), options_.only.end(), name) != options_.only.end();
  }

  Status prepare() {
    for (const std::string& name : options_.only) {
      if (find_method(name) == nullptr) return invalid_argument(fmt::format("there is no method '{}'", name), "method");
    }
    report_.options = options_;
    report_.users = static_cast<std::int64_t>(collection_.users.size());
    report_.items = static_cast<std::int64_t>(collection_.items.size());
    report_.events = static_cast<std::int64_t>(collection_.log.events().size());
    report_.undescribed_items = collection_.undescribed_items;
    YUPU_ASSIGN_OR_RETURN(report_.split, split_by_time(collection_.log, options_.split));
    const std::int64_t valid_ns = report_.split.valid_ns, test_ns = report_.split.test_ns;
    if (tools_.tower != nullptr && tools_.tower_end_ns > test_ns) {
      return invalid_argument(fmt::format("the recommender has learned from behaviour until {}, the test begins {}",
                                          format_utc(tools_.tower_end_ns), format_utc(test_ns)),
                              "model");
    }
    if (tools_.cross != nullptr && tools_.cross_end_ns > test_ns) {
      return invalid_argument(fmt::format("the cross-encoder has learned from behaviour until {}, the test begins {}",
                                          format_utc(tools_.cross_end_ns), format_utc(test_ns)),
                              "cross-encoder");
    }
    train_ = collection_.log.cut_at(valid_ns);
    train_and_valid_ = collection_.log.cut_at(test_ns);
    ranks_ = ranks_of(collection_, test_ns, options_.head_share);
    QuestionRule rule{.protocol = options_.protocol,
                      .relevant = options_.relevant,
                      .questions_max = options_.valid_questions_max,
                      .seed = options_.seed};
    valid_questions_ = questions_of(collection_.log, valid_ns, test_ns, rule);
    rule.questions_max = options_.test_questions_max;
    test_questions_ = questions_of(collection_.log, test_ns, INT64_MAX, rule);
    report_.valid_questions = static_cast<std::int64_t>(valid_questions_.size());
    report_.test_questions = static_cast<std::int64_t>(test_questions_.size());
    for (const auto* questions : {&valid_questions_, &test_questions_}) {
      if (questions->empty()) {
        return invalid_argument(
            fmt::format("nobody did anything new of kind '{}' or stronger in the {}", kind_name(options_.relevant),
                        questions == &test_questions_ ? "test" : "validation"),
            "events");
      }
    }
    return ok_status();
  }

  // Null: the tools lack what it needs.
  Result<std::unique_ptr<Method>> fitted(const MethodRow& row, const Settings& settings,
                                         const tasks::BehaviourLog& log) {
    std::unique_ptr<Method> method = row.make(settings, tools_);
    if (method == nullptr) return method;
    YUPU_RETURN_IF_ERROR(method->fit({.log = log,
                                      .weights = options_.weights,
                                      .relevant = options_.relevant,
                                      .seed = options_.seed,
                                      .context = context_}));
    return method;
  }

  Result<Tuned> tune(const MethodRow& row, const Method* fallback) {
    Tuned best;
    for (const Settings& settings : row.grid()) {
      YUPU_ASSIGN_OR_RETURN(const auto method, fitted(row, settings, train_));
      if (method == nullptr) return Tuned{};
      const double ndcg = mean_ndcg(collection_, *method, fallback, valid_questions_);
      ++best.trials;
      if (ndcg > best.valid_ndcg) {
        best.valid_ndcg = ndcg;
        best.settings = settings;
      }
    }
    return best;
  }

  // `ndcg`: one mean a user of the test.
  Status judge(const MethodRow& row, MethodReport& method, std::vector<double>& ndcg) {
    YUPU_ASSIGN_OR_RETURN(const Tuned tuned, tune(row, fallback_.get()));
    method.settings = tuned.settings;
    method.valid_ndcg = tuned.valid_ndcg;
    method.trials = tuned.trials;
    if (tuned.trials == 0)
      return {Code::kTooLarge, row.is_combined && !can_boost() ? "this build has no XGBoost" : "no model was given"};
    YUPU_ASSIGN_OR_RETURN(const auto fit, fitted(row, tuned.settings, train_and_valid_));
    std::array<UserTally, kSliceCount> tallies;
    std::vector<std::int64_t> listed(collection_.items.size(), 0);
    VarietyTally variety(collection_, tools_, options_.rules);
    Asker asker(collection_, *fit, fallback_.get());
    for (const Question& question : test_questions_) {
      const Answer answer = asker.ask(question);
      method.fallback_answers += answer.by_fallback ? 1 : 0;
      for (const std::uint32_t item : answer.first(static_cast<std::size_t>(kListDepth))) ++listed[item];
      variety.add(answer);
      for (std::size_t slice = 0; slice < kSliceCount; ++slice) {
        const auto placed = answer.placings(
            [&](std::uint32_t item) { return is_in(static_cast<Slice>(slice), answer.moment.history, item); });
        if (!placed.empty()) tallies[slice].add(question.user, list_figures(placed));
      }
    }
    for (std::size_t slice = 0; slice < kSliceCount; ++slice) method.slices[slice] = figures_of(tallies[slice]);
    std::vector<float> users_of(collection_.items.size());
    train_and_valid_.count_users(0, INT64_MAX, users_of);
    method.catalogue = catalogue_figures(listed, users_of, collection_.users.size());
    method.variety = variety.figures(options_.seed, options_.resamples);
    method.leak = find_leak(collection_, *fit, test_questions_, options_.leak_questions, options_.seed);
    ndcg = tallies[0].ndcg();
    if (!options_.lists.empty()) {
      method.lists =
          judge_lists(collection_, *fit, options_.lists, report_.split.test_ns, options_.seed, options_.resamples);
    }
    return ok_status();
  }

  // No event before the test, and a few clicks since.
  bool is_new_user(std::span<const tasks::Behaviour> history) const {
    if (history.empty() || history.front().time_ns < report_.split.test_ns) return false;
    const auto clicks = std::count_if(history.begin(), history.end(), [this](const tasks::Behaviour& event) {
      return event.kind >= options_.relevant;
    });
    return clicks >= kNewUserLeast && clicks <= kNewUserMost;
  }

  bool is_in(Slice slice, std::span<const tasks::Behaviour> history, std::uint32_t item) const {
    const bool is_known = ranks_.events[item] > 0;
    const bool is_cold_user = history.size() < options_.cold_user_events;
    switch (slice) {
      case Slice::kAll:
        return true;
      case Slice::kWarm:
        return is_known && !is_cold_user;
      case Slice::kColdUser:
        return is_cold_user;
      case Slice::kNewUser:
        return is_new_user(history);
      case Slice::kColdItem:
        return !is_known;
      case Slice::kHead:
        return ranks_.head[item] != 0;
      case Slice::kTail:
        return is_known && ranks_.head[item] == 0;
    }
    return false;
  }

  SliceFigures figures_of(const UserTally& tally) const {
    return {.users = tally.user_count(),
            .questions = tally.question_count(),
            .recall = bootstrap_mean(tally.recall(), options_.seed, options_.resamples),
            .ndcg = bootstrap_mean(tally.ndcg(), options_.seed, options_.resamples),
            .mrr = bootstrap_mean(tally.mrr(), options_.seed, options_.resamples)};
  }

  // Of those that `counts`, the best on the validation; the number of methods: none.
  template <class Counts>
  std::size_t best_of(const Counts& counts) const {
    std::size_t best = report_.methods.size();
    for (std::size_t i = 0; i < report_.methods.size(); ++i) {
      const MethodReport& method = report_.methods[i];
      if (!method.skipped.empty() || !counts(method)) continue;
      if (best == report_.methods.size() || method.valid_ndcg > report_.methods[best].valid_ndcg) best = i;
    }
    return best;
  }

  Interval difference(std::vector<double> above, const std::vector<double>& below) const {
    for (std::size_t user = 0; user < above.size(); ++user) above[user] -= below[user];
    return bootstrap_mean(above, options_.seed, options_.resamples);
  }

  void compare(const std::vector<std::vector<double>>& ndcg_of_users) {
    const std::size_t none = report_.methods.size();
    const std::size_t baseline = best_of([](const MethodReport& method) { return method.is_baseline; });
    const std::size_t single = best_of([](const MethodReport& method) { return !method.is_combined; });
    if (baseline != none) report_.best_baseline = report_.methods[baseline].name;
    if (single != none) report_.best_single = report_.methods[single].name;
    for (std::size_t i = 0; i < report_.methods.size(); ++i) {
      MethodReport& method = report_.methods[i];
      if (!method.skipped.empty()) continue;
      if (baseline != none) method.above_best_baseline = difference(ndcg_of_users[i], ndcg_of_users[baseline]);
      if (single != none && method.is_combined)
        method.above_best_single = difference(ndcg_of_users[i], ndcg_of_users[single]);
    }
  }

  const Collection& collection_;
  const Tools& tools_;
  engine::ExecutionContext& context_;
  const EvaluationOptions& options_;
  const std::function<void(const std::string&)>& tell_;
  EvaluationReport report_;
  tasks::BehaviourLog train_, train_and_valid_;
  ItemRanks ranks_;
  std::vector<Question> valid_questions_, test_questions_;
  std::unique_ptr<Method> fallback_;
};

}  // namespace

Result<EvaluationReport> evaluate(const Collection& collection, const Tools& tools, engine::ExecutionContext& context,
                                  const EvaluationOptions& options,
                                  const std::function<void(const std::string&)>& tell) {
  return Contest(collection, tools, context, options, tell).run();
}

}  // namespace yupu::recommend
