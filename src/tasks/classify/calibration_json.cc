// A calibration as JSON: the member "calibration" of yupu.json (docs/formats/calibration.md).
#include <algorithm>

#include <fmt/format.h>

#include "tasks/classify/calibration.h"

namespace yupu::tasks {
namespace {

Result<ScopeGate> gate_from_json(const Json& json, std::string_view where) {
  if (!json.is_object())
    return invalid_argument(fmt::format("{}: 'scope_gate' must be an object", where), "scope_gate");
  ScopeGate gate;
  YUPU_ASSIGN_OR_RETURN(const std::string name, json_string(json, "score", where));
  const auto* const found = std::find_if(kScopeScores.begin(), kScopeScores.end(),
                                         [&](ScopeScore score) { return scope_score_name(score) == name; });
  if (found == kScopeScores.end() || *found == ScopeScore::kProbability) {
    return invalid_argument(
        fmt::format(
            "{}: 'score' of 'scope_gate' is \"{}\", must be energy, mahalanobis, neighbours, background or combined",
            where, name),
        "score");
  }
  gate.score = *found;
  YUPU_ASSIGN_OR_RETURN(gate.threshold, json_number(json, "threshold", where));
  if (gate.score != ScopeScore::kCombined) return gate;
  const auto combination = json.find("combination");
  if (combination == json.end())
    return invalid_argument(fmt::format("{}: 'combination' of 'scope_gate' is missing", where), "combination");
  YUPU_ASSIGN_OR_RETURN(gate.combination, ScopeCombination::from_json(*combination, where));
  return gate;
}

}  // namespace

OrderedJson json_of(const ScopeFigureList& figures) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [score, of_score] : figures) json[std::string(scope_score_name(score))] = of_score.to_json();
  return json;
}

OrderedJson json_of(const ScopeGate& gate) {
  OrderedJson json{{"score", scope_score_name(gate.score)}, {"threshold", gate.threshold}};
  if (gate.combination) json["combination"] = gate.combination->to_json();
  return json;
}

OrderedJson Calibration::to_json() const {
  OrderedJson json{{"temperature", temperature},
                   {"answer_threshold", answer_threshold},
                   {"clarify_threshold", clarify_threshold},
                   {"target_precision", target_precision},
                   {"target_met", target_met},
                   {"answered_precision", answered_precision},
                   {"answered_share", answered_share},
                   {"out_of_scope_answered", out_of_scope_answered},
                   {"error_before", error_before},
                   {"error_after", error_after},
                   {"row_count", row_count},
                   {"out_of_scope_count", out_of_scope_count}};
  if (gate) json["scope_gate"] = json_of(*gate);
  if (promise) json["promise"] = promise->to_json();
  if (!scope_figures.empty()) json["scope_figures"] = json_of(scope_figures);
  return json;
}

Result<Calibration> Calibration::from_json(const Json& json, std::string_view where) {
  if (!json.is_object())
    return invalid_argument(fmt::format("{}: 'calibration' must be an object", where), "calibration");
  Calibration calibration;
  struct Number {
    const char* key;
    double* value;
    double min;
    double max;
  };
  for (const Number& number : {Number{"temperature", &calibration.temperature, 1e-6, 1e6},
                               Number{"answer_threshold", &calibration.answer_threshold, 0.0, 1.0},
                               Number{"clarify_threshold", &calibration.clarify_threshold, 0.0, 1.0},
                               Number{"target_precision", &calibration.target_precision, 0.0, 1.0},
                               Number{"answered_precision", &calibration.answered_precision, 0.0, 1.0},
                               Number{"answered_share", &calibration.answered_share, 0.0, 1.0},
                               Number{"out_of_scope_answered", &calibration.out_of_scope_answered, 0.0, 1.0},
                               Number{"error_before", &calibration.error_before, 0.0, 1.0},
                               Number{"error_after", &calibration.error_after, 0.0, 1.0}}) {
    YUPU_ASSIGN_OR_RETURN(*number.value, json_number(json, number.key, where));
    if (!(*number.value >= number.min && *number.value <= number.max)) {
      return invalid_argument(
          fmt::format("{}: '{}' is {}, must be {} to {}", where, number.key, *number.value, number.min, number.max),
          number.key);
    }
  }
  if (calibration.clarify_threshold > calibration.answer_threshold) {
    return invalid_argument(fmt::format("{}: 'clarify_threshold' is above 'answer_threshold'", where),
                            "clarify_threshold");
  }
  YUPU_ASSIGN_OR_RETURN(calibration.row_count, json_int(json, "row_count", where));
  YUPU_ASSIGN_OR_RETURN(calibration.out_of_scope_count, json_int(json, "out_of_scope_count", where));
  const auto met = json.find("target_met");
  if (met == json.end() || !met->is_boolean()) {
    return invalid_argument(fmt::format("{}: 'target_met' must be true or false", where), "target_met");
  }
  calibration.target_met = met->get<bool>();
  if (const auto it = json.find("scope_gate"); it != json.end()) {
    YUPU_ASSIGN_OR_RETURN(calibration.gate, gate_from_json(*it, where));
  }
  if (const auto it = json.find("promise"); it != json.end()) {
    YUPU_ASSIGN_OR_RETURN(calibration.promise, Promise::from_json(*it, where));
  }
  return calibration;
}

}  // namespace yupu::tasks
