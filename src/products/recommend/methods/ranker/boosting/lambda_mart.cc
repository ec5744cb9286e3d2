#include "products/recommend/methods/ranker/boosting/lambda_mart.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#ifdef YUPU_XGBOOST
#include <xgboost/c_api.h>

#include "base/json.h"
#endif

namespace yupu::recommend {

#ifndef YUPU_XGBOOST

bool can_boost() { return false; }

Result<Forest> lambda_mart(const RankingGroups&, const BoostingShape&) {
  return Status(Code::kUnavailable, "this build has no XGBoost: a ranker cannot be trained");
}

#else

namespace {

Status checked(int outcome, const char* what) {
  if (outcome == 0) return ok_status();
  return internal_error(fmt::format("xgboost: {}: {}", what, XGBGetLastError()));
}

struct FreeMatrix {
  void operator()(void* handle) const { static_cast<void>(XGDMatrixFree(handle)); }
};
struct FreeBooster {
  void operator()(void* handle) const { static_cast<void>(XGBoosterFree(handle)); }
};
using Matrix = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

Result<Matrix> matrix_of(const RankingGroups& groups) {
  DMatrixHandle handle = nullptr;
  YUPU_RETURN_IF_ERROR(checked(XGDMatrixCreateFromMat(groups.features.data(), groups.relevance.size(), groups.width,
                                                      std::numeric_limits<float>::quiet_NaN(), &handle),
                               "rows"));
  Matrix matrix(handle);
  YUPU_RETURN_IF_ERROR(
      checked(XGDMatrixSetFloatInfo(matrix.get(), "label", groups.relevance.data(), groups.relevance.size()), "label"));
  YUPU_RETURN_IF_ERROR(
      checked(XGDMatrixSetUIntInfo(matrix.get(), "group", groups.sizes.data(), groups.sizes.size()), "group"));
  if (!groups.weights.empty())
    YUPU_RETURN_IF_ERROR(
        checked(XGDMatrixSetFloatInfo(matrix.get(), "weight", groups.weights.data(), groups.weights.size()), "weight"));
  if (!groups.offsets.empty())
    YUPU_RETURN_IF_ERROR(checked(
        XGDMatrixSetFloatInfo(matrix.get(), "base_margin", groups.offsets.data(), groups.offsets.size()), "offsets"));
  return matrix;
}

Result<Booster> booster_of(const Matrix& matrix, const BoostingShape& shape) {
  DMatrixHandle rows = matrix.get();
  BoosterHandle handle = nullptr;
  YUPU_RETURN_IF_ERROR(checked(XGBoosterCreate(&rows, 1, &handle), "booster"));
  Booster booster(handle);
  const std::pair<const char*, std::string> parameters[] = {
      {"objective", "rank:ndcg"},
      {"tree_method", "hist"},
      {"nthread", "1"},
      {"verbosity", "0"},
      {"base_score", "0"},
      {"num_pairsample", std::to_string(shape.pairs)},
      {"seed", std::to_string(shape.seed)},
      {"eta", fmt::format("{}", shape.lr)},
      {"max_depth", std::to_string(shape.depth)},
      {"min_child_weight", fmt::format("{}", shape.leaf_weight_min)},
  };
  for (const auto& [name, value] : parameters)
    YUPU_RETURN_IF_ERROR(checked(XGBoosterSetParam(booster.get(), name, value.c_str()), name));
  return booster;
}

// Whether what is missing goes left: a number in newer versions of the library, a truth value in older ones.
bool is_set(const Json& json) { return json.is_boolean() ? json.get<bool>() : json.get<int>() != 0; }

// Of XGBoost's JSON (doc/model.schema): arrays by node; a leaf's score stands where a node has its threshold.
Result<Tree> tree_of(const Json& json) {
  const Json& left = json.at("left_children");
  const Json& right = json.at("right_children");
  const Json& feature = json.at("split_indices");
  const Json& value = json.at("split_conditions");
  const Json& missing_left = json.at("default_left");
  if (missing_left.size() != left.size() || right.size() != left.size() || feature.size() != left.size() ||
      value.size() != left.size())
    return internal_error("xgboost: arrays of a tree differ in length");
  Tree tree(left.size());
  for (std::size_t i = 0; i < tree.size(); ++i) {
    tree[i] = {.left = left[i].get<std::int32_t>(),
               .right = right[i].get<std::int32_t>(),
               .feature = feature[i].get<std::uint32_t>(),
               .value = value[i].get<float>(),
               .missing_left = is_set(missing_left[i])};
  }
  return tree;
}

Result<Forest> forest_of(const Booster& booster, std::size_t width) {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  YUPU_RETURN_IF_ERROR(
      checked(XGBoosterSaveModelToBuffer(booster.get(), R"({"format": "json"})", &length, &bytes), "model"));
  YUPU_ASSIGN_OR_RETURN(const Json model, parse_json(std::string_view(bytes, length)));
  try {
    std::vector<Tree> trees;
    for (const Json& json : model.at("learner").at("gradient_booster").at("model").at("trees")) {
      YUPU_ASSIGN_OR_RETURN(Tree tree, tree_of(json));
      trees.push_back(std::move(tree));
    }
    return Forest::of(std::move(trees), width);
  } catch (const Json::exception& error) {
    return internal_error(fmt::format("xgboost: its model reads otherwise: {}", error.what()));
  }
}

}  // namespace

bool can_boost() { return true; }

Result<Forest> lambda_mart(const RankingGroups& groups, const BoostingShape& shape) {
  if (groups.relevance.empty()) return invalid_argument("nothing to learn an order from", "events");
  YUPU_ASSIGN_OR_RETURN(const Matrix matrix, matrix_of(groups));
  YUPU_ASSIGN_OR_RETURN(const Booster booster, booster_of(matrix, shape));
  for (int tree = 0; tree < static_cast<int>(shape.trees); ++tree)
    YUPU_RETURN_IF_ERROR(checked(XGBoosterUpdateOneIter(booster.get(), tree, matrix.get()), "update"));
  return forest_of(booster, groups.width);
}

#endif

}  // namespace yupu::recommend
