// For tests only: a small separable task in two languages, and options that train it in well under a second.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "training/training.h"

namespace yupu::training::testing {

inline std::vector<handoff::Row> make_rows(int per_label, std::uint64_t seed) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> words = {
      {"parcel", {"parcel", "delivery", "where", "late", "包裹", "快递"}},
      {"refund", {"refund", "money", "back", "return", "退款", "退货"}},
      {"greeting", {"hello", "hi", "morning", "dear", "你好", "早上"}}};
  const std::vector<std::string> noise = {"the", "my", "please", "is", "for", "请", "我", "的"};
  Rng rng(seed);
  std::vector<handoff::Row> rows;
  for (int i = 0; i < per_label; ++i) {
    for (const auto& [label, own] : words) {
      std::string text;
      for (int word = 0; word < 5; ++word) {
        const auto& from = word < 2 ? own : noise;
        text += from[rng.below(from.size())] + " ";
      }
      rows.push_back({.text = text, .label = label, .lang = i % 2 ? "zh" : "en", .source = {}});
    }
  }
  return rows;
}

inline handoff::Row out_of_scope(const std::string& text) {
  return {.text = text, .label = std::string(handoff::kOutOfScope), .lang = {}, .source = {}};
}

inline TrainOptions quick_options(const std::string& out) {
  TrainOptions options;
  options.train = make_rows(20, 1);
  options.valid = make_rows(6, 2);
  options.valid.push_back(out_of_scope("weather tomorrow"));
  options.test = make_rows(6, 3);
  options.test.push_back(out_of_scope("sing a song"));
  options.out = out;
  options.epochs = 4;
  options.batch_tokens = 64;
  options.vocab_size = 120;
  options.max_length = 16;
  options.threads = 2;
  return options;
}

}  // namespace yupu::training::testing
