// Sentences on everyday matters that hardly any shop, bank or office is asked: what a background output learns from
// when no rows of its own are at hand (background.h).  Written for this project; no data set was drawn on.
#pragma once

#include <span>
#include <string_view>

namespace yupu::training {

extern const std::span<const std::string_view> kGeneralSentences;

}  // namespace yupu::training
