#include "tasks/recommend/recommender.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/file.h"
#include "tasks/base_model.h"
#include "tasks/unit_rows.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTowerFile = "user_tower.json";
constexpr float kAgeDecay = 0.1f, kRankDecay = 0.3f;  // at first

std::string tower_path(const std::string& directory) { return fmt::format("{}/{}", directory, kTowerFile); }

// A parameter as a member of the file.  Outcomes  kInvalidArgument: another count, no numbers.
Status read_values(const Json& json, const char* key, std::span<float> values) {
  const auto it = json.find(key);
  if (it == json.end() || !it->is_array() || it->size() != values.size())
    return invalid_argument(fmt::format("'{}' must be {} numbers", key, values.size()), key);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(*it)[i].is_number()) return invalid_argument(fmt::format("'{}' must hold numbers", key), key);
    values[i] = (*it)[i].get<float>();
    if (!std::isfinite(values[i])) return invalid_argument(fmt::format("'{}' holds what is no number", key), key);
  }
  return ok_status();
}

Result<TowerShape> read_shape(const Json& json) {
  if (!json.is_object() || json.value("format", Json()) != Json(1))
    return invalid_argument("an object with \"format\": 1 was expected", "format");
  TowerShape shape;
  YUPU_ASSIGN_OR_RETURN(const std::int64_t history_max, json_int(json, "history_max", kTowerFile));
  YUPU_ASSIGN_OR_RETURN(shape.scale, json_number(json, "scale", kTowerFile));
  if (history_max < 1 || !(shape.scale > 0.0 && std::isfinite(shape.scale)))
    return invalid_argument("history_max and scale must be above 0", "history_max");
  shape.history_max = static_cast<std::size_t>(history_max);
  return shape;
}

}  // namespace

std::unique_ptr<Recommender> Recommender::create(std::unique_ptr<Embedder> embedder, const TowerShape& shape) {
  std::unique_ptr<Recommender> recommender(new Recommender());
  recommender->shape_ = shape;
  recommender->embedder_ = std::move(embedder);
  recommender->query_ = std::make_unique<engine::Parameter>(
      "user_tower.query", engine::Tensor::zeros({recommender->embedder_->width()}), false);
  const engine::Tensor bias = engine::Tensor::zeros({static_cast<std::int64_t>(kTowerBiases)});
  const KindWeights kinds;
  for (std::size_t kind = 0; kind < kBehaviourKindCount; ++kind)
    bias.f32()[kind] = static_cast<float>(std::log(kinds.values[kind]));
  bias.f32()[kBehaviourKindCount] = kAgeDecay;
  bias.f32()[kBehaviourKindCount + 1] = kRankDecay;
  recommender->bias_ = std::make_unique<engine::Parameter>("user_tower.bias", bias, false);
  return recommender;
}

bool Recommender::recognises(const std::string& directory) { return file_exists(tower_path(directory)); }

Result<std::unique_ptr<Recommender>> Recommender::load(const std::string& directory, model::Placement placement) {
  YUPU_ASSIGN_OR_RETURN(auto embedder, Embedder::load(directory, placement));
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(tower_path(directory)));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(tower_path(directory));
  const auto shape = read_shape(*json);
  if (!shape.ok()) return shape.status().with_context(tower_path(directory));
  auto recommender = create(std::move(embedder), *shape);
  for (const auto& [key, parameter] :
       {std::pair("query", &recommender->query()), std::pair("bias", &recommender->bias())}) {
    const Status status = read_values(*json, key, parameter->value.values());
    if (!status.ok()) return status.with_context(tower_path(directory));
  }
  return recommender;
}

Status Recommender::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(fmt::format("{}/yupu.json", directory)));
  OrderedJson json = {{"format", 1}, {"history_max", shape_.history_max}, {"scale", shape_.scale}};
  const auto query = query_->value.values(), bias = bias_->value.values();
  json["query"] = std::vector<float>(query.begin(), query.end());
  json["bias"] = std::vector<float>(bias.begin(), bias.end());
  YUPU_RETURN_IF_ERROR(write_file_atomic(tower_path(directory), json.dump(2) + "\n"));
  return embedder_->save(directory);
}

TowerWeights Recommender::tower() const {
  TowerWeights weights;
  const auto query = query_->value.values(), bias = bias_->value.values();
  weights.query.assign(query.begin(), query.end());
  std::copy(bias.begin(), bias.end(), weights.bias.begin());
  return weights;
}

std::vector<engine::Parameter*> Recommender::parameters() const {
  std::vector<engine::Parameter*> all = embedder_->parameters();
  all.push_back(query_.get());
  all.push_back(bias_.get());
  return all;
}

std::string Recommender::weights_sha256() const { return tasks::weights_sha256(parameters()); }

void tower_scores(const TowerWeights& weights, std::span<const Touch> history, std::span<const float> vectors,
                  std::size_t width, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (history.empty()) return;
  std::vector<double> copied(history.size() * width);
  std::vector<std::span<const double>> rows;
  for (std::size_t j = 0; j < history.size(); ++j) {
    const auto from = vectors.subspan(history[j].item * width, width);
    std::copy(from.begin(), from.end(), copied.begin() + static_cast<std::ptrdiff_t>(j * width));
    rows.push_back(std::span<const double>(copied).subspan(j * width, width));
  }
  const std::vector<double> a = attention(weights, history, rows);
  std::vector<double> u(width, 0.0);
  for (std::size_t j = 0; j < a.size(); ++j) add_scaled(u, a[j], rows[j]);
  const UnitRows user(u, width);
  std::vector<float> unit(width);
  std::transform(user.row(0).begin(), user.row(0).end(), unit.begin(), [](double v) { return static_cast<float>(v); });
  dot_rows(unit, vectors, scores);
}

}  // namespace yupu::tasks
