#include "products/recommend/serve/guard.h"

#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/recommend/evaluate/asking.h"
#include "products/recommend/methods/methods.h"
#include "products/recommend/serve/fitting.h"

namespace yupu::recommend {
namespace {

constexpr double kPopularDays = 30.0;

// nDCG@10, a mean a user, in order of users.
std::vector<double> answers(const Collection& collection, const Method& method, const Method& fallback,
                            const std::vector<Question>& questions) {
  Asker asker(collection, method, &fallback);
  UserTally tally;
  for (const Question& question : questions) {
    const auto placed = asker.ask(question).placings([](std::uint32_t) { return true; });
    tally.add(question.user, list_figures(placed));
  }
  return tally.ndcg();
}

void decide(const GuardRule& rule, Verdict& verdict) {
  const std::string figures =
      fmt::format("nDCG@10 {:.4f} against {:.4f}, difference {:+.4f} [{:+.4f}, {:+.4f}] over {} users and {} questions",
                  verdict.challenger.value, verdict.champion.value, verdict.difference.value, verdict.difference.low,
                  verdict.difference.high, verdict.users, verdict.questions);
  if (verdict.users < rule.users_min) {
    verdict.why = fmt::format("too few to judge by: {} users after {}, {} are wanted", verdict.users,
                              format_utc(verdict.test_ns), rule.users_min);
  } else if (verdict.difference.low < -rule.loss_max) {
    verdict.why = fmt::format("may lose more than {}: {}", rule.loss_max, figures);
  } else {
    verdict.passes = true;
    verdict.why = fmt::format("loses no more than {}: {}", rule.loss_max, figures);
  }
}

}  // namespace

Json Verdict::to_json() const {
  const auto interval = [](const Interval& figure) {
    return Json{{"value", figure.value}, {"low", figure.low}, {"high", figure.high}};
  };
  return {{"passes", passes},
          {"why", why},
          {"learned", learned},
          {"test_from", format_utc(test_ns)},
          {"users", users},
          {"questions", questions},
          {"champion", interval(champion)},
          {"challenger", interval(challenger)},
          {"difference", interval(difference)}};
}

Result<Verdict> judge(const std::shared_ptr<const Collection>& collection, const Contender& champion,
                      const Contender& challenger, const GuardRule& rule) {
  YUPU_ASSIGN_OR_RETURN(const TimeSplit split, split_by_time(collection->log, rule.split));
  const QuestionRule asked{
      .protocol = Protocol::kNext, .relevant = rule.relevant, .questions_max = rule.questions_max, .seed = rule.seed};
  const std::vector<Question> questions = questions_of(collection->log, split.test_ns, INT64_MAX, asked);
  if (questions.empty()) {
    return invalid_argument(
        fmt::format("nobody did anything new after {}: there is nothing to judge by", format_utc(split.test_ns)),
        "events");
  }
  const auto popular = find_method("popularity")->make({{"window_days", kPopularDays}}, Tools{});
  Verdict verdict;
  const auto figures_of = [&](const Contender& contender) -> Result<std::vector<double>> {
    if (contender.release == nullptr) return answers(*collection, *popular, *popular, questions);
    const tasks::BehaviourLog before = contender.log->cut_at(split.test_ns);
    YUPU_ASSIGN_OR_RETURN(const auto fitted, fit_release(*collection, before, *contender.release, split.test_ns,
                                                         {.lists = [&] { return Result(contender.lists); }}));
    verdict.learned = fitted->ranker->lessons().text();
    return answers(*collection, *fitted->ranker, *popular, questions);
  };
  YUPU_ASSIGN_OR_RETURN(const std::vector<double> holds, figures_of(champion));
  YUPU_ASSIGN_OR_RETURN(std::vector<double> tries, figures_of(challenger));
  verdict.test_ns = split.test_ns;
  verdict.questions = static_cast<std::int64_t>(questions.size());
  verdict.users = holds.size();
  verdict.champion = bootstrap_mean(holds, rule.seed, rule.resamples);
  verdict.challenger = bootstrap_mean(tries, rule.seed, rule.resamples);
  for (std::size_t user = 0; user < tries.size(); ++user) tries[user] -= holds[user];
  verdict.difference = bootstrap_mean(tries, rule.seed, rule.resamples);
  decide(rule, verdict);
  return verdict;
}

}  // namespace yupu::recommend
