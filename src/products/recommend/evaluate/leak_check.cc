#include "products/recommend/evaluate/leak_check.h"

#include <cstring>
#include <vector>

#include "base/rng.h"

namespace yupu::recommend {
namespace {

constexpr std::uint64_t kDrawStream = 0x1EA'0001;

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof(a)) == 0; }

}  // namespace

std::optional<Leak> find_leak(const Collection& collection, const Method& method, std::span<const Question> questions,
                              std::size_t count, std::uint64_t seed) {
  Rng rng(seed, kDrawStream);
  std::vector<float> with(collection.items.size()), without(collection.items.size());
  for (std::size_t i = 0; i < count && !questions.empty(); ++i) {
    const Question& question = questions[rng.below(questions.size())];
    const auto score = [&](const tasks::BehaviourLog& log, std::vector<float>& scores) {
      method.score(
          {.log = log, .time_ns = question.time_ns, .history = log.of_user_before(question.user, question.time_ns)},
          scores);
    };
    const tasks::BehaviourLog past = collection.log.cut_at(question.time_ns);
    score(collection.log, with);
    score(past, without);
    for (std::uint32_t item = 0; item < with.size(); ++item) {
      if (!same_bits(with[item], without[item]))
        return Leak{.question = question, .item = item, .with_future = with[item], .without = without[item]};
    }
  }
  return std::nullopt;
}

}  // namespace yupu::recommend
