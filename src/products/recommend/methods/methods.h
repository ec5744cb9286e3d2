// The table of methods, and what each is tuned over: as many trials for a baseline as for anything of ours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "products/recommend/collection.h"
#include "products/recommend/methods/cross/pair_scorer.h"
#include "products/recommend/methods/method.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

// Everything a method may be made of; what is not there is null.
struct Tools {
  std::span<const std::string> texts = {};                       // one an item
  std::span<const std::optional<std::int64_t>> created_ns = {};  // one an item, or none at all
  std::span<const std::vector<std::uint32_t>> tags = {};         // numbers of its tags; one an item, or none at all
  std::span<const std::optional<double>> prices = {};            // one an item, or none at all
  std::span<const std::optional<std::uint32_t>> authors = {};    // numbers of its author; one an item, or none at all
  const ItemVectors* vectors = nullptr;                          // of a sentence encoder
  // A recommender trained on behaviour, the vectors of its own encoder, and when the behaviour it has seen ends.
  const tasks::Recommender* tower = nullptr;
  const ItemVectors* tower_vectors = nullptr;
  std::int64_t tower_end_ns = 0;
  const ItemVectors* frozen_vectors = nullptr;  // of the encoder the tower's was fine-tuned from, as it was
  // A cross-encoder, and when the behaviour it has seen ends.
  const PairScorer* cross = nullptr;
  std::int64_t cross_end_ns = INT64_MIN;
};

// What is said of the items; no models.  The collection must outlive it.
Tools tools_of(const Collection& collection);

struct MethodRow {
  std::string_view name;
  std::string_view summary;
  bool is_baseline = true;
  std::vector<Settings> (*grid)() = nullptr;
  // Null: the tools lack what it needs.
  std::unique_ptr<Method> (*make)(const Settings& settings, const Tools& tools) = nullptr;
  bool is_combined = false;  // made of other methods
};

inline constexpr std::size_t kTrialsMax = 8;  // of any method

std::span<const MethodRow> methods();
const MethodRow* find_method(std::string_view name);

}  // namespace yupu::recommend
