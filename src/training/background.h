// Texts that no label fits, learned as an output of their own (tasks/classify/classifier.h): it takes probability away
// from the labels and is never an answer.  Outlier exposure: Hendrycks, Mazeika, Dietterich 2019, arXiv:1812.04606;
// here as one class more (Larson et al. 2019, arXiv:1909.02027, "oos-train").
//   rows      the training rows labelled handoff::kOutOfScope
//   general   sentences on everyday matters, Chinese and English, that are part of the program (general_sentences.h).
//             One that resembles a training row is passed over: its cosine with a row over n-grams (tf-idf, words and
//             characters) is kResemblanceMax or more.  Not for a set whose labels are everyday matters themselves.
//   both      the rows, then the sentences
// Threads  free functions any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "handoff/types.h"

namespace yupu::training {

enum class Background : std::uint8_t { kOff, kRows, kGeneral, kBoth };
inline constexpr std::array kBackgrounds = {"off", "rows", "general", "both"};  // in the order above
std::optional<Background> find_background(std::string_view name);

inline constexpr double kResemblanceMax = 0.4;

// What is learned as the background, in order; empty for kOff.  Outcomes  kInvalidArgument: there is no such text.
Result<std::vector<std::string>> background_texts(Background background, std::span<const handoff::Row> train);

// SHA-256 of the built-in sentences: a run that learned others is another run.
std::string general_sentences_id();

}  // namespace yupu::training
