#include "products/recommend/evaluate/questions.h"

#include <algorithm>
#include <tuple>

#include "base/rng.h"

namespace yupu::recommend {
namespace {

using tasks::Behaviour;

constexpr std::uint64_t kDrawStream = 0x0A5'0001;

bool touched(std::span<const Behaviour> history, std::uint32_t item) {
  return std::any_of(history.begin(), history.end(), [item](const Behaviour& event) { return event.item == item; });
}

// The relevant ones of these events that are new to the user.
std::vector<std::uint32_t> wanted_of(std::span<const Behaviour> events, std::span<const Behaviour> history,
                                     tasks::BehaviourKind relevant) {
  std::vector<std::uint32_t> wanted;
  for (const Behaviour& event : events) {
    if (event.kind >= relevant && !touched(history, event.item)) wanted.push_back(event.item);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

// The first newcomers_max of their questions, before all others; each part in its order.
void newcomers_to_the_front(const tasks::BehaviourLog& log, const QuestionRule& rule,
                            std::vector<Question>& questions) {
  std::size_t left = rule.newcomers_max;
  std::stable_partition(questions.begin(), questions.end(), [&](const Question& question) {
    if (left == 0 || log.of_user_before(question.user, question.time_ns).size() >= kColdUserEvents) return false;
    --left;
    return true;
  });
}

}  // namespace

std::string_view protocol_name(Protocol protocol) { return protocol == Protocol::kNext ? "next" : "list"; }

std::vector<Question> questions_of(const tasks::BehaviourLog& log, std::int64_t from_ns, std::int64_t to_ns,
                                   const QuestionRule& rule) {
  std::vector<Question> questions;
  for (std::uint32_t user = 0; user < log.user_count(); ++user) {
    const auto own = log.of_user_before(user, to_ns);
    std::size_t begin = log.of_user_before(user, from_ns).size();
    while (begin < own.size()) {
      std::size_t end = rule.protocol == Protocol::kList ? own.size() : begin;
      while (end < own.size() && own[end].time_ns == own[begin].time_ns) ++end;
      Question question{.user = user,
                        .time_ns = rule.protocol == Protocol::kList ? from_ns : own[begin].time_ns,
                        .wanted = wanted_of(own.subspan(begin, end - begin), own.first(begin), rule.relevant)};
      if (!question.wanted.empty()) questions.push_back(std::move(question));
      begin = end;
    }
  }
  if (questions.size() > rule.questions_max) {
    Rng rng(rule.seed, kDrawStream);
    rng.shuffle(std::span<Question>(questions));
    if (rule.newcomers_max > 0) newcomers_to_the_front(log, rule, questions);
    questions.resize(rule.questions_max);
  }
  std::sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return std::tie(a.time_ns, a.user) < std::tie(b.time_ns, b.user);
  });
  return questions;
}

}  // namespace yupu::recommend
