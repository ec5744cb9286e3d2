// A sentence encoder for items and a tower for users (user_tower.h), as one model directory: that of the embedder
// (tasks/embed/embedder.h), which opens as one, and beside it
//   user_tower.json   {"format": 1, "history_max", "scale", "query": [...], "bias": [...]}
// It is written before yupu.json, so a directory that has that is whole.
// Threads  as the embedder's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/embed/embedder.h"
#include "tasks/recommend/user_tower.h"

namespace yupu::tasks {

struct TowerShape {
  std::size_t history_max = 20;  // events of a user that are read
  double scale = 20.0;           // of cosines, in the loss and in scores
};

class Recommender {
 public:
  // A tower that has learned nothing: stronger kinds count for more, older events for less.
  static std::unique_ptr<Recommender> create(std::unique_ptr<Embedder> embedder, const TowerShape& shape);
  // Whether a directory has a tower.
  static bool recognises(const std::string& directory);
  // Outcomes  those of Embedder::load; kInvalidArgument "DIR/user_tower.json: ...".
  static Result<std::unique_ptr<Recommender>> load(const std::string& directory,
                                                   model::Placement placement = model::Placement::kCopied);
  Status save(const std::string& directory) const;

  Embedder& embedder() const { return *embedder_; }
  const TowerShape& shape() const { return shape_; }
  TowerWeights tower() const;
  engine::Parameter& query() const { return *query_; }
  engine::Parameter& bias() const { return *bias_; }

  const model::EncoderConfig& config() const { return embedder_->config(); }
  const Json& lineage() const { return embedder_->lineage(); }
  void set_lineage(Json lineage) { embedder_->set_lineage(std::move(lineage)); }
  std::vector<engine::Parameter*> parameters() const;
  std::string weights_sha256() const;

 private:
  Recommender() = default;

  TowerShape shape_;
  std::unique_ptr<Embedder> embedder_;
  std::unique_ptr<engine::Parameter> query_, bias_;
};

// Scores of every item for a history.  `vectors` (items, width) at length one.  An empty history: zeros.
void tower_scores(const TowerWeights& weights, std::span<const Touch> history, std::span<const float> vectors,
                  std::size_t width, std::span<float> scores);

}  // namespace yupu::tasks
