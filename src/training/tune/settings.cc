#include "training/tune/settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/encoder/encoder_config.h"

namespace yupu::training::tune {
namespace {

enum class Takes : std::uint8_t { kNumber, kWhole, kText, kBoolean };

struct Setting {
  std::string_view name;
  Takes takes;
  double least;
  double most;
  void (*set)(TrainOptions& options, const Json& value);
};

constexpr double kNone = 0.0;

constexpr std::array kSettings{
    Setting{"base", Takes::kText, kNone, kNone, [](TrainOptions& o, const Json& v) { o.base = v; }},
    Setting{"config", Takes::kText, kNone, kNone, [](TrainOptions& o, const Json& v) { o.config = v; }},
    Setting{"method", Takes::kText, kNone, kNone, [](TrainOptions& o, const Json& v) { o.method = v; }},
    Setting{"metric", Takes::kText, kNone, kNone, [](TrainOptions& o, const Json& v) { o.metric = v; }},
    Setting{"lr", Takes::kNumber, 1e-9, 10.0, [](TrainOptions& o, const Json& v) { o.lr = v; }},
    Setting{"wide", Takes::kBoolean, kNone, kNone, [](TrainOptions& o, const Json& v) { o.wide = v; }},
    Setting{"wide_lr", Takes::kNumber, 1e-9, 10.0, [](TrainOptions& o, const Json& v) { o.wide_lr = v; }},
    Setting{"wide_decay", Takes::kNumber, 0.0, 10.0, [](TrainOptions& o, const Json& v) { o.wide_decay = v; }},
    Setting{"branch_loss", Takes::kNumber, 0.0, 100.0, [](TrainOptions& o, const Json& v) { o.branch_loss = v; }},
    Setting{"warmup_ratio", Takes::kNumber, 0.0, 1.0, [](TrainOptions& o, const Json& v) { o.warmup_ratio = v; }},
    Setting{"weight_decay", Takes::kNumber, 0.0, 10.0, [](TrainOptions& o, const Json& v) { o.weight_decay = v; }},
    Setting{"dropout", Takes::kNumber, 0.0, 0.95, [](TrainOptions& o, const Json& v) { o.dropout = v.get<double>(); }},
    Setting{"token_dropout", Takes::kNumber, 0.0, 0.9, [](TrainOptions& o, const Json& v) { o.token_dropout = v; }},
    Setting{"label_smoothing", Takes::kNumber, 0.0, 0.9, [](TrainOptions& o, const Json& v) { o.label_smoothing = v; }},
    Setting{"layer_decay", Takes::kNumber, 0.01, 1.0, [](TrainOptions& o, const Json& v) { o.layer_decay = v; }},
    Setting{"pooling", Takes::kText, kNone, kNone,
            [](TrainOptions& o, const Json& v) { o.pooling = *tasks::find_pooling(v.get_ref<const std::string&>()); }},
    Setting{"class_weights", Takes::kText, kNone, kNone,
            [](TrainOptions& o, const Json& v) { o.class_weights.balanced = v == "balanced"; }},
    Setting{"clip_norm", Takes::kNumber, 0.0, 1e6, [](TrainOptions& o, const Json& v) { o.clip_norm = v; }},
    Setting{"batch_tokens", Takes::kWhole, 16, 1 << 20, [](TrainOptions& o, const Json& v) { o.batch_tokens = v; }},
    Setting{"batch_size", Takes::kWhole, 1, 1 << 20, [](TrainOptions& o, const Json& v) { o.batch_size = v; }},
    Setting{"grad_accumulation", Takes::kWhole, 1, 1 << 16,
            [](TrainOptions& o, const Json& v) { o.grad_accumulation = v; }},
    Setting{"vocab_size", Takes::kWhole, 100, 1'000'000, [](TrainOptions& o, const Json& v) { o.vocab_size = v; }},
    Setting{"max_length", Takes::kWhole, 8, 512, [](TrainOptions& o, const Json& v) { o.max_length = v; }},
    Setting{"rank", Takes::kWhole, 1, 1024, [](TrainOptions& o, const Json& v) { o.adapter.rank = v; }},
    Setting{"alpha", Takes::kNumber, 1e-6, 1e6, [](TrainOptions& o, const Json& v) { o.adapter.alpha = v; }},
    Setting{"adapter_dropout", Takes::kNumber, 0.0, 0.95,
            [](TrainOptions& o, const Json& v) { o.adapter.dropout = v; }},
    Setting{"bottleneck", Takes::kWhole, 1, 4096, [](TrainOptions& o, const Json& v) { o.adapter.bottleneck = v; }},
    Setting{"seed", Takes::kWhole, 0, 9e15, [](TrainOptions& o, const Json& v) { o.seed = v; }},
};

// Texts that only some words make sense for.
Status check_word(std::string_view name, const std::string& word) {
  if (name == "config") return model::preset_config(word).status();
  if (name == "method" && word != "full" && word != "lora" && word != "houlsby") {
    return invalid_argument(
        fmt::format(
            "method must be full, lora or houlsby, not \"{}\" (adalora still prunes its ranks at a rung, so its "
            "figures there say little)",
            word),
        "method");
  }
  if (name == "pooling" && !tasks::find_pooling(word))
    return invalid_argument(fmt::format("pooling must be cls or mean, not \"{}\"", word), "pooling");
  if (name == "class_weights" && word != "off" && word != "balanced")
    return invalid_argument(fmt::format("class_weights must be off or balanced, not \"{}\"", word), "class_weights");
  if (name == "metric" && word != "accuracy" && word != "macro_f1")
    return invalid_argument(fmt::format("metric must be accuracy or macro_f1, not \"{}\"", word), "metric");
  return ok_status();
}

Status check_value(const Setting& setting, const Json& value) {
  const std::string name(setting.name);
  const auto fail = [&](const std::string& what) {
    return invalid_argument(fmt::format("{} must be {}, not {}", name, what, to_text(value)), name);
  };
  switch (setting.takes) {
    case Takes::kText:
      return value.is_string() ? check_word(setting.name, value.get<std::string>()) : fail("a string");
    case Takes::kBoolean:
      return value.is_boolean() ? ok_status() : fail("true or false");
    case Takes::kWhole:
      if (!value.is_number_integer()) return fail("a whole number");
      break;
    case Takes::kNumber:
      if (!value.is_number()) return fail("a number");
      break;
  }
  const double number = value.get<double>();
  if (!(number >= setting.least && number <= setting.most))
    return fail(fmt::format("{} to {}", setting.least, setting.most));
  return ok_status();
}

Result<const Setting*> find_setting(const std::string& name) {
  const auto* found =
      std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& setting) { return setting.name == name; });
  if (found == kSettings.end())
    return invalid_argument(fmt::format("there is no option '{}'; known: {}", name, known_settings()), name);
  return found;
}

}  // namespace

std::string known_settings() {
  std::vector<std::string_view> names;
  for (const Setting& setting : kSettings) names.push_back(setting.name);
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

Status apply_setting(const std::string& name, const Json& value, TrainOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const Setting* setting, find_setting(name));
  YUPU_RETURN_IF_ERROR(check_value(*setting, value));
  setting->set(options, value);
  return ok_status();
}

Status check_settable(const Parameter& parameter) {
  YUPU_ASSIGN_OR_RETURN(const Setting* setting, find_setting(parameter.name));
  if (parameter.kind == Kind::kCategorical) {
    for (const Json& choice : parameter.choices) YUPU_RETURN_IF_ERROR(check_value(*setting, choice));
    return ok_status();
  }
  // The ends suffice: what is between two good numbers is good.
  YUPU_RETURN_IF_ERROR(check_value(*setting, value_of(parameter, parameter.low)));
  return check_value(*setting, value_of(parameter, parameter.high));
}

}  // namespace yupu::training::tune
