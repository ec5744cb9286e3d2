#include "products/recommend/methods/cross/cross_rows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/rng.h"
#include "products/recommend/methods/cross/query.h"

namespace yupu::recommend {
namespace {

using tasks::BehaviourExample;

constexpr std::uint64_t kRowStream = 0xC405'0001;
constexpr std::size_t kTries = 20;  // for one negative: a shop may have nothing else

std::string query_of_example(const Collection& collection, const BehaviourExample& example) {
  std::vector<std::uint32_t> touched;
  for (const tasks::Touch& touch : example.history) touched.push_back(touch.item);
  return query_of(touched, collection.texts);
}

// Items that were not wanted, each once.
std::vector<std::uint32_t> unwanted(const Collection& collection, const BehaviourExample& example,
                                    std::span<const tasks::Behaviour> before, std::size_t count, Rng& rng) {
  std::vector<std::uint32_t> shown = example.negatives;
  rng.shuffle(std::span(shown));
  std::vector<std::uint32_t> taken;
  const auto take = [&](std::uint32_t item) {
    if (taken.size() == count || item == example.target || collection.texts[item].empty()) return;
    if (std::binary_search(example.touched.begin(), example.touched.end(), item)) return;
    if (std::find(taken.begin(), taken.end(), item) == taken.end()) taken.push_back(item);
  };
  for (const std::uint32_t item : shown) take(item);
  for (std::size_t tries = 0; tries < count * kTries && taken.size() < count && !before.empty(); ++tries)
    take(before[rng.below(before.size())].item);
  return taken;
}

}  // namespace

std::vector<tasks::PairRow> cross_rows(const Collection& collection, std::int64_t from_ns, std::int64_t to_ns,
                                       const CrossRowRule& rule, std::span<const tasks::ShownList> shown) {
  std::vector<BehaviourExample> examples = tasks::examples_of(collection.log, from_ns, to_ns, rule.examples, shown);
  std::erase_if(examples, [&](const BehaviourExample& example) { return collection.texts[example.target].empty(); });
  Rng rng(rule.seed, kRowStream);
  if (examples.size() > rule.examples_max) {
    rng.shuffle(std::span(examples));
    examples.resize(rule.examples_max);
  }
  const auto before = collection.log.before(to_ns);
  std::vector<tasks::PairRow> rows;
  std::size_t group = 0;
  for (const BehaviourExample& example : examples) {
    const std::string query = query_of_example(collection, example);
    if (query.empty()) continue;
    const std::string name = std::to_string(++group);
    const auto add = [&](std::uint32_t item, const char* label) {
      tasks::PairRow row;
      row.a = query;
      row.b = item_side(collection.texts[item]);
      row.label = label;
      row.group = name;
      rows.push_back(std::move(row));
    };
    add(example.target, "1");
    for (const std::uint32_t item : unwanted(collection, example, before, rule.negatives, rng)) add(item, "0");
  }
  return rows;
}

}  // namespace yupu::recommend
