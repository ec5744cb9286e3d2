#include "products/recommend/methods/text/item_vectors.h"

#include <algorithm>
#include <cmath>

namespace yupu::recommend {
namespace {

// `model` gives the vectors, `embedder` reads the texts.
template <class Model>
Result<OwnedItemVectors> embed_with(const Model& model, const tasks::Embedder& embedder,
                                    engine::ExecutionContext& context, std::span<const std::string> texts) {
  OwnedItemVectors vectors;
  vectors.width = static_cast<std::size_t>(model.width());
  vectors.values.assign(texts.size() * vectors.width, 0.0f);
  std::vector<text::Encoding> encodings;
  std::vector<std::size_t> items;
  for (std::size_t item = 0; item < texts.size(); ++item) {
    if (texts[item].empty()) continue;
    items.push_back(item);
    encodings.push_back(embedder.encode(texts[item]));
  }
  YUPU_ASSIGN_OR_RETURN(const auto rows, model.embed(context, encodings));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double square = 0.0;
    for (const float value : rows[i]) square += static_cast<double>(value) * static_cast<double>(value);
    const auto factor = static_cast<float>(square > 0.0 ? 1.0 / std::sqrt(square) : 0.0);
    std::transform(rows[i].begin(), rows[i].end(),
                   vectors.values.begin() + static_cast<std::ptrdiff_t>(items[i] * vectors.width),
                   [factor](float value) { return value * factor; });
  }
  return vectors;
}

}  // namespace

Result<OwnedItemVectors> embed_items(const tasks::Embedder& embedder, engine::ExecutionContext& context,
                                     std::span<const std::string> texts) {
  return embed_with(embedder, embedder, context, texts);
}

Result<OwnedItemVectors> embed_items(const tasks::Recommender& recommender, engine::ExecutionContext& context,
                                     std::span<const std::string> texts) {
  return embed_with(recommender, recommender.embedder(), context, texts);
}

std::vector<double> mean_of(const ItemVectors& vectors) {
  std::vector<double> mean(vectors.width, 0.0);
  const auto items = static_cast<double>(vectors.values.size() / vectors.width);
  for (std::size_t i = 0; i < vectors.values.size(); ++i)
    mean[i % vectors.width] += static_cast<double>(vectors.values[i]) / items;
  return mean;
}

void centre(std::span<float> vector, std::span<const double> mean) {
  double square = 0.0;
  for (std::size_t c = 0; c < vector.size(); ++c) {
    vector[c] -= static_cast<float>(mean[c]);
    square += static_cast<double>(vector[c]) * static_cast<double>(vector[c]);
  }
  if (square == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(square));
  for (float& value : vector) value *= factor;
}

}  // namespace yupu::recommend
