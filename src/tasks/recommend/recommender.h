// A sentence encoder for items and a tower for users (user_tower.h), as one model directory: that of the embedder
// (tasks/embed/embedder.h), which opens as one, and beside it
//   user_tower.json   {"format": 1, "history_max", "scale", "query": [...], "bias": [...]}
// Where the tower is narrower than the encoder, items pass through a learned projection, z = W e with W (width,
// encoder's width), before they are brought to length one: "format" is 2, and "projection" holds W, row after row.  An
// item is width numbers to an index and to a store, whatever the encoder's size. It is written before yupu.json, so a
// directory that has that is whole. Threads  as the embedder's.
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
  std::int64_t width_max = 128;  // numbers of an item; an encoder that gives no more than that has no projection
};

class Recommender {
 public:
  // A tower that has learned nothing: stronger kinds count for more, older events for less; a projection begins with
  // rows at right angles, drawn with the seed, which keep what is alike alike.
  static std::unique_ptr<Recommender> create(std::unique_ptr<Embedder> embedder, const TowerShape& shape,
                                             std::uint64_t seed = 1);
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
  bool projects() const { return projection_ != nullptr; }
  std::int64_t width() const;  // numbers of an item's vector

  // (B,width) of the encoder's (B,C), on a tape.
  engine::Var project(engine::Tape& tape, const engine::Var& encoded) const;
  // Of one vector of the encoder's.  REQUIRES: projects().
  std::vector<float> project(std::span<const float> encoded) const;
  // One vector of `width` a text, of any length.  Outcomes  those of Embedder::embed.
  Result<std::vector<std::vector<float>>> embed(engine::ExecutionContext& context,
                                                std::span<const text::Encoding> texts) const;

  const model::EncoderConfig& config() const { return embedder_->config(); }
  const Json& lineage() const { return embedder_->lineage(); }
  void set_lineage(Json lineage) { embedder_->set_lineage(std::move(lineage)); }
  std::vector<engine::Parameter*> parameters() const;
  std::string weights_sha256() const;

 private:
  Recommender() = default;

  TowerShape shape_;
  std::unique_ptr<Embedder> embedder_;
  std::unique_ptr<engine::Parameter> query_, bias_, projection_;  // the last null where nothing is projected
};

// A user's vector for a history, at length one; nothing for an empty one.  `vectors` (items, width) at length one.
std::vector<float> user_vector(const TowerWeights& weights, std::span<const Touch> history,
                               std::span<const float> vectors, std::size_t width);
// Scores of every item for a history.  `vectors` (items, width) at length one.  An empty history: zeros.
void tower_scores(const TowerWeights& weights, std::span<const Touch> history, std::span<const float> vectors,
                  std::size_t width, std::span<float> scores);

}  // namespace yupu::tasks
