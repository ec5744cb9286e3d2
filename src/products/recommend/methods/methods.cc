#include "products/recommend/methods/methods.h"

#include <array>
#include <initializer_list>
#include <utility>

#include "products/recommend/methods/bpr/bpr.h"
#include "products/recommend/methods/ease/ease.h"
#include "products/recommend/methods/item_knn/item_knn.h"
#include "products/recommend/methods/next/next.h"
#include "products/recommend/methods/popularity/popularity.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/methods/text/text.h"
#include "products/recommend/methods/tower/tower.h"
#include "products/recommend/methods/words/words.h"

namespace yupu::recommend {
namespace {

using Axis = std::pair<const char*, std::initializer_list<double>>;

// Every combination of the values, the last axis running fastest.
std::vector<Settings> product(std::initializer_list<Axis> axes) {
  std::vector<Settings> all = {{}};
  for (const auto& [name, values] : axes) {
    std::vector<Settings> longer;
    for (const Settings& settings : all) {
      for (const double value : values) {
        longer.push_back(settings);
        longer.back()[name] = value;
      }
    }
    all = std::move(longer);
  }
  return all;
}

constexpr std::array kMethods = {
    MethodRow{"popularity", "what most users touched lately", true,
              [] {
                return product({{"window_days", {1, 3, 7, 14, 30, 60, 120, 0}}});
              },
              [](const Settings& settings, const Tools&) { return make_popularity(settings); }},
    MethodRow{"item-knn", "items that the same users touched", true,
              [] {
                return product({{"neighbours", {20, 100}}, {"shrink", {0, 20}}, {"relevant_only", {0, 1}}});
              },
              [](const Settings& settings, const Tools&) { return make_item_knn(settings); }},
    MethodRow{"ease", "linear item-item model in closed form", true,
              [] {
                return product({{"lambda", {30, 100, 300, 1000}}, {"relevant_only", {0, 1}}});
              },
              [](const Settings& settings, const Tools&) { return make_ease(settings); }},
    MethodRow{"next", "what users touched next after the last things they touched", true,
              [] {
                return product({{"reach", {3, 10}}, {"shrink", {5, 20}}, {"relevant_only", {0, 1}}});
              },
              [](const Settings& settings, const Tools&) { return make_next(settings); }},
    MethodRow{"bpr", "matrix factorisation by pairwise ranking", true,
              [] {
                return product({{"factors", {16, 64}},
                                {"epochs", {15}},
                                {"lr", {0.05}},
                                {"regularisation", {0.002, 0.02}},
                                {"relevant_only", {0, 1}}});
              },
              [](const Settings& settings, const Tools&) { return make_bpr(settings); }},
    MethodRow{"words", "TF-IDF of the texts a user touched", true,
              [] {
                return product({{"half_life_events", {0, 2, 5, 20}}, {"half_life_days", {0, 7}}});
              },
              [](const Settings& settings, const Tools& tools) { return make_words(settings, tools.texts); }},
    MethodRow{"text", "vectors of the texts by a sentence encoder, frozen", false,
              [] {
                return product({{"centred", {0, 1}}, {"half_life_events", {0, 5}}, {"half_life_days", {0, 7}}});
              },
              [](const Settings& settings, const Tools& tools) {
                return tools.vectors == nullptr ? nullptr : make_text(settings, *tools.vectors);
              }},
    MethodRow{"frozen", "the encoder the tower was fine-tuned from, frozen", false,
              [] {
                return product({{"centred", {0, 1}}, {"half_life_events", {0, 5}}, {"half_life_days", {0, 7}}});
              },
              [](const Settings& settings, const Tools& tools) {
                return tools.frozen_vectors == nullptr ? nullptr : make_text(settings, *tools.frozen_vectors);
              }},
    MethodRow{"tower", "a recommender trained on behaviour", false, [] { return product({}); },
              [](const Settings&, const Tools& tools) {
                return tools.tower == nullptr ? nullptr : make_tower(*tools.tower, *tools.tower_vectors);
              }},
    MethodRow{"ranker", "candidates of the others, put in order by boosted trees", false,
              [] {
                return product({{"slice", {0.1, 0.2}},
                                {"lambda", {100, 300}},
                                {"trees", {100}},
                                {"depth", {3, 5}},
                                {"lr", {0.1}},
                                {"questions_min", {10}}});
              },
              [](const Settings& settings, const Tools& tools) { return make_ranker(settings, tools); }, true},
    MethodRow{"cross", "the ranker, its first candidates read again by a cross-encoder", false,
              [] {
                return product({{"slice", {0.2}},
                                {"lambda", {100, 300}},
                                {"trees", {100}},
                                {"depth", {3, 5}},
                                {"lr", {0.1}},
                                {"questions_min", {10}},
                                {"cross_top", {kCrossTop}}});
              },
              [](const Settings& settings, const Tools& tools) {
                return tools.cross == nullptr ? nullptr : make_ranker(settings, tools);
              },
              true},
};

}  // namespace

Tools tools_of(const Collection& collection) {
  return {.texts = collection.texts,
          .created_ns = collection.created_ns,
          .tags = collection.tags,
          .prices = collection.prices,
          .authors = collection.authors};
}

std::span<const MethodRow> methods() { return kMethods; }

const MethodRow* find_method(std::string_view name) {
  for (const MethodRow& row : kMethods) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace yupu::recommend
