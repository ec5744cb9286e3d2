#include "tasks/recommend/recommender.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/file.h"
#include "base/rng.h"
#include "engine/ops/linear/linear.h"
#include "tasks/base_model.h"
#include "tasks/unit_rows.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTowerFile = "user_tower.json";
constexpr float kAgeDecay = 0.1f, kRankDecay = 0.3f;  // at first
constexpr std::uint64_t kProjectionStream = 0x9EC'0002;

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
  const Json format = json.is_object() ? json.value("format", Json()) : Json();
  if (format != Json(1) && format != Json(2))
    return invalid_argument("an object with \"format\": 1 or 2 was expected", "format");
  TowerShape shape;
  shape.width_max = INT64_MAX;
  if (format == Json(2)) {
    YUPU_ASSIGN_OR_RETURN(shape.width_max, json_int(json, "width", kTowerFile));
    if (shape.width_max < 1) return invalid_argument("width must be above 0", "width");
  }
  YUPU_ASSIGN_OR_RETURN(const std::int64_t history_max, json_int(json, "history_max", kTowerFile));
  YUPU_ASSIGN_OR_RETURN(shape.scale, json_number(json, "scale", kTowerFile));
  if (history_max < 1 || !(shape.scale > 0.0 && std::isfinite(shape.scale)))
    return invalid_argument("history_max and scale must be above 0", "history_max");
  shape.history_max = static_cast<std::size_t>(history_max);
  return shape;
}

// Rows at right angles, each of length one (Gram and Schmidt, over random rows).  REQUIRES: no more rows than columns.
engine::Tensor right_angled(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  Rng rng(seed, kProjectionStream);
  const engine::Tensor tensor = engine::Tensor::zeros({rows, columns});
  std::vector<std::vector<double>> done;
  for (std::int64_t r = 0; r < rows; ++r) {
    std::vector<double> row(static_cast<std::size_t>(columns));
    for (double& value : row) value = rng.normal();
    for (const std::vector<double>& other : done) add_scaled(row, -dot(row, other), other);
    const double length = std::sqrt(dot(row, row));
    for (double& value : row) value /= length;
    std::transform(row.begin(), row.end(), tensor.f32() + r * columns, [](double v) { return static_cast<float>(v); });
    done.push_back(std::move(row));
  }
  return tensor;
}

}  // namespace

std::unique_ptr<Recommender> Recommender::create(std::unique_ptr<Embedder> embedder, const TowerShape& shape,
                                                 std::uint64_t seed) {
  std::unique_ptr<Recommender> recommender(new Recommender());
  recommender->shape_ = shape;
  recommender->embedder_ = std::move(embedder);
  const std::int64_t encoded = recommender->embedder_->width(), width = std::min(shape.width_max, encoded);
  if (width < encoded) {
    recommender->projection_ =
        std::make_unique<engine::Parameter>("user_tower.projection", right_angled(width, encoded, seed), true);
  }
  recommender->query_ = std::make_unique<engine::Parameter>("user_tower.query", engine::Tensor::zeros({width}), false);
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
  if (shape->width_max != INT64_MAX && shape->width_max >= embedder->width())
    return invalid_argument(fmt::format("{}: width {} is no narrower than the encoder's {}", tower_path(directory),
                                        shape->width_max, embedder->width()),
                            "width");
  auto recommender = create(std::move(embedder), *shape);
  std::vector<std::pair<const char*, engine::Parameter*>> members = {{"query", recommender->query_.get()},
                                                                     {"bias", recommender->bias_.get()}};
  if (recommender->projects()) members.emplace_back("projection", recommender->projection_.get());
  for (const auto& [key, parameter] : members) {
    const Status status = read_values(*json, key, parameter->value.values());
    if (!status.ok()) return status.with_context(tower_path(directory));
  }
  return recommender;
}

Status Recommender::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(fmt::format("{}/yupu.json", directory)));
  OrderedJson json = {{"format", projects() ? 2 : 1}, {"history_max", shape_.history_max}, {"scale", shape_.scale}};
  if (projects()) json["width"] = width();
  const auto query = query_->value.values(), bias = bias_->value.values();
  json["query"] = std::vector<float>(query.begin(), query.end());
  json["bias"] = std::vector<float>(bias.begin(), bias.end());
  if (projects()) {
    const auto projection = projection_->value.values();
    json["projection"] = std::vector<float>(projection.begin(), projection.end());
  }
  YUPU_RETURN_IF_ERROR(write_file_atomic(tower_path(directory), json.dump() + "\n"));
  return embedder_->save(directory);
}

std::int64_t Recommender::width() const { return query_->value.size(0); }

engine::Var Recommender::project(engine::Tape& tape, const engine::Var& encoded) const {
  return projects() ? engine::linear(encoded, tape.leaf(*projection_), engine::Var{}) : encoded;
}

Result<std::vector<std::vector<float>>> Recommender::embed(engine::ExecutionContext& context,
                                                           std::span<const text::Encoding> texts) const {
  YUPU_ASSIGN_OR_RETURN(auto rows, embedder_->embed(context, texts));
  if (!projects()) return rows;
  for (std::vector<float>& row : rows) row = project(row);
  return rows;
}

std::vector<float> Recommender::project(std::span<const float> encoded) const {
  std::vector<float> narrow(static_cast<std::size_t>(width()));
  dot_rows(encoded, projection_->value.values(), narrow);
  return narrow;
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
  if (projects()) all.push_back(projection_.get());
  return all;
}

std::string Recommender::weights_sha256() const { return tasks::weights_sha256(parameters()); }

std::vector<float> user_vector(const TowerWeights& weights, std::span<const Touch> history,
                               std::span<const float> vectors, std::size_t width) {
  if (history.empty()) return {};
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
  return unit;
}

void tower_scores(const TowerWeights& weights, std::span<const Touch> history, std::span<const float> vectors,
                  std::size_t width, std::span<float> scores) {
  const std::vector<float> user = user_vector(weights, history, vectors, width);
  if (user.empty()) {
    std::fill(scores.begin(), scores.end(), 0.0f);
  } else {
    dot_rows(user, vectors, scores);
  }
}

}  // namespace yupu::tasks
