// Column files as commands name them, and a tagger's evaluate and predict.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/arguments.h"
#include "base/status.h"
#include "engine/precision.h"
#include "tasks/tokens/tagged.h"

namespace yupu::app {

// --column N (from 1; the tags' column) and --scheme NAME.
struct TagFlags {
  std::int64_t column = 0;  // 0: the last
  std::string scheme;       // empty: read off the tags
};
TagFlags read_tag_flags(Arguments& arguments);
Result<tasks::TagSet> read_tags(const std::string& path, const TagFlags& flags);

// Whether a model directory holds a tagger: by its yupu.json, or by its architecture when it has none.
bool is_tagger(const std::string& model);

struct TagRun {
  std::string model;
  int threads = 0;
  engine::Precision precision = engine::Precision::kF32;
};
struct TagReport {
  std::string data;
  TagFlags flags;
  std::string html;  // empty: no page
  bool json = false;
};
Status evaluate_tagger(const TagRun& run, const TagReport& report);
Status predict_entities(const TagRun& run, std::span<const std::string> texts);

}  // namespace yupu::app
