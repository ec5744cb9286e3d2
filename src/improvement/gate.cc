#include "improvement/gate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace yupu::improvement {
namespace {

constexpr double kEqual = 1e-12;  // two figures closer than this are the same figure

Result<double> figure(const Json& report, std::string_view metric, std::string_view where) {
  if (metric == "accuracy") return json_number(report, "accuracy", where);
  const auto macro = report.find("macro avg");
  if (macro == report.end() || !macro->is_object()) {
    return invalid_argument(fmt::format("{}: 'macro avg' is missing", where), "macro avg");
  }
  return json_number(*macro, "f1-score", fmt::format("{}: macro avg", where));
}

bool is_protected(const GateRule& rule, std::string_view slice, std::string_view family) {
  return std::any_of(rule.protected_slices.begin(), rule.protected_slices.end(), [&](const std::string& wanted) {
    return wanted == slice || wanted == family || (family == "label" && wanted == "labels");
  });
}

// One slice of the live report against the same slice of the candidate's. A slice that is gone fell to nothing.
Status compare_slice(const std::string& name, const Json& live, const Json* candidate, std::string_view key,
                     const GateRule& rule, std::vector<SliceChange>& changes) {
  SliceChange change{.slice = name};
  YUPU_ASSIGN_OR_RETURN(change.support, json_int(live, "support", "live report: " + name));
  if (change.support < rule.slice_support_min) return ok_status();
  YUPU_ASSIGN_OR_RETURN(change.live, json_number(live, key, "live report: " + name));
  if (candidate != nullptr) {
    YUPU_ASSIGN_OR_RETURN(change.candidate, json_number(*candidate, key, "candidate report: " + name));
  }
  changes.push_back(change);
  return ok_status();
}

const Json* member(const Json& object, const std::string& key) {
  const auto it = object.find(key);
  return it == object.end() ? nullptr : &*it;
}

Status compare_family(const Json& live, const Json& candidate, const char* section, const char* key,
                      const GateRule& rule, std::vector<SliceChange>& changes) {
  const Json* live_section = member(live, section);
  if (live_section == nullptr) return ok_status();
  if (!live_section->is_object())
    return invalid_argument(fmt::format("live report: '{}' must be an object", section), section);
  const Json* candidate_section = member(candidate, section);
  const bool labels = std::string_view(section) == "labels";
  for (const auto& [name, figures] : live_section->items()) {
    // A slice without a family ("zh") is a language, as the classification report names them.
    const std::string slice = labels ? "label=" + name : name.find('=') == std::string::npos ? "lang=" + name : name;
    if (!is_protected(rule, slice, slice.substr(0, slice.find('=')))) continue;
    const Json* other =
        candidate_section != nullptr && candidate_section->is_object() ? member(*candidate_section, name) : nullptr;
    YUPU_RETURN_IF_ERROR(compare_slice(slice, figures, other, key, rule, changes));
  }
  return ok_status();
}

// Was row i answered rightly?  Nothing when the report carries no predictions.
std::optional<std::vector<bool>> right_rows(const Json& report) {
  const Json* predictions = member(report, "predictions");
  if (predictions == nullptr || !predictions->is_array()) return {};
  std::vector<bool> right;
  right.reserve(predictions->size());
  for (const Json& prediction : *predictions) {
    if (!prediction.is_object()) return {};
    const Json* truth = member(prediction, "truth");
    const Json* predicted = member(prediction, "predicted");
    if (truth == nullptr || predicted == nullptr) return {};
    right.push_back(*truth == *predicted);
  }
  return right;
}

std::optional<Uncertainty> compare_predictions(const Json& live_report, const Json& candidate_report) {
  const auto live = right_rows(live_report);
  const auto candidate = right_rows(candidate_report);
  if (!live || !candidate || live->size() != candidate->size() || live->empty()) return {};
  std::int64_t only_live = 0, only_candidate = 0;
  for (std::size_t i = 0; i < live->size(); ++i) {
    only_live += (*live)[i] && !(*candidate)[i] ? 1 : 0;
    only_candidate += !(*live)[i] && (*candidate)[i] ? 1 : 0;
  }
  return paired_uncertainty(static_cast<std::int64_t>(live->size()), only_live, only_candidate);
}

std::string reason_of(const GateDecision& decision, double gain, const GateRule& rule) {
  const std::string figures =
      fmt::format("{} {:.4f} against {:.4f} live ({:+.4f})", rule.metric, decision.candidate, *decision.live, gain);
  if (!decision.fallen.empty()) {
    const SliceChange& worst = decision.fallen.front();
    return fmt::format(
        "slice {} fell by {:.4f}, from {:.4f} to {:.4f} ({} rows), at most {:.4f} is allowed{}; {}", worst.slice,
        worst.drop(), worst.live, worst.candidate, worst.support, rule.slice_drop_max,
        decision.fallen.size() > 1 ? fmt::format(" ({} more slices fell too far)", decision.fallen.size() - 1) : "",
        figures);
  }
  if (decision.pass) return "better on the same rows: " + figures;
  return fmt::format("not better enough: {}, the gain must be above 0 and at least {:.4f}", figures, rule.min_gain);
}

}  // namespace

Json GateRule::to_json() const {
  return {{"metric", metric},
          {"min_gain", min_gain},
          {"slice_drop_max", slice_drop_max},
          {"slice_support_min", slice_support_min},
          {"protected_slices", protected_slices},
          {"first_accuracy_min", first_accuracy_min},
          {"first_macro_f1_min", first_macro_f1_min}};
}

Status check_rule(const GateRule& rule) {
  if (rule.metric != "accuracy" && rule.metric != "macro_f1") {
    return invalid_argument(fmt::format("gate metric '{}' must be accuracy or macro_f1", rule.metric), "metric");
  }
  const auto share = [](double x) { return x >= 0.0 && x <= 1.0; };
  if (!share(rule.min_gain))
    return invalid_argument(fmt::format("min_gain {} must be in [0, 1]", rule.min_gain), "min_gain");
  if (!share(rule.slice_drop_max)) {
    return invalid_argument(fmt::format("slice_drop_max {} must be in [0, 1]", rule.slice_drop_max), "slice_drop_max");
  }
  if (rule.slice_support_min < 1) return invalid_argument("slice_support_min must be at least 1", "slice_support_min");
  if (!share(rule.first_accuracy_min))
    return invalid_argument("first_accuracy_min must be in [0, 1]", "first_accuracy_min");
  if (!share(rule.first_macro_f1_min))
    return invalid_argument("first_macro_f1_min must be in [0, 1]", "first_macro_f1_min");
  return ok_status();
}

Uncertainty paired_uncertainty(std::int64_t row_count, std::int64_t only_live_right,
                               std::int64_t only_candidate_right) {
  CHECK(row_count > 0 && only_live_right >= 0 && only_candidate_right >= 0 &&
            only_live_right + only_candidate_right <= row_count,
        "disagreements are some of the rows");
  Uncertainty out{
      .row_count = row_count, .only_live_right = only_live_right, .only_candidate_right = only_candidate_right};
  const auto n = static_cast<double>(only_live_right + only_candidate_right);
  const std::int64_t fewer = std::min(only_live_right, only_candidate_right);
  double tail = 0;  // P(X <= fewer), X ~ Binomial(n, 1/2)
  for (std::int64_t k = 0; k <= fewer; ++k) {
    const auto x = static_cast<double>(k);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) - n * std::log(2.0));
  }
  out.p_value = std::min(1.0, 2 * tail);
  const auto rows = static_cast<double>(row_count);
  const auto difference = static_cast<double>(only_candidate_right - only_live_right);
  const double gain = difference / rows;
  constexpr double kZ95 = 1.959963984540054;
  const double half = kZ95 * std::sqrt(std::max(0.0, n - difference * difference / rows)) / rows;
  out.gain_low = gain - half;
  out.gain_high = gain + half;
  return out;
}

Result<GateDecision> decide(const Json& live_report, const Json& candidate_report, const GateRule& rule) {
  YUPU_RETURN_IF_ERROR(check_rule(rule));
  YUPU_ASSIGN_OR_RETURN(const std::string live_rows, json_string(live_report, "rows_sha256", "live report"));
  YUPU_ASSIGN_OR_RETURN(const std::string candidate_rows,
                        json_string(candidate_report, "rows_sha256", "candidate report"));
  if (live_rows.empty() || live_rows != candidate_rows) {
    return conflict(
        fmt::format("the two reports are not about the same rows (live {}, candidate {}): measure the live release on "
                    "the candidate's held-out rows first",
                    live_rows.substr(0, 12), candidate_rows.substr(0, 12)));
  }
  GateDecision decision;
  YUPU_ASSIGN_OR_RETURN(decision.live, figure(live_report, rule.metric, "live report"));
  YUPU_ASSIGN_OR_RETURN(decision.candidate, figure(candidate_report, rule.metric, "candidate report"));
  YUPU_RETURN_IF_ERROR(compare_family(live_report, candidate_report, "labels", "f1-score", rule, decision.slices));
  YUPU_RETURN_IF_ERROR(
      compare_family(live_report, candidate_report, "slices", rule.metric.c_str(), rule, decision.slices));
  for (const SliceChange& change : decision.slices) {
    if (change.drop() > rule.slice_drop_max + kEqual) decision.fallen.push_back(change);
  }
  std::stable_sort(decision.fallen.begin(), decision.fallen.end(),
                   [](const SliceChange& a, const SliceChange& b) { return a.drop() > b.drop(); });
  decision.uncertainty = compare_predictions(live_report, candidate_report);
  const double gain = decision.candidate - *decision.live;
  decision.pass = gain > kEqual && gain >= rule.min_gain - kEqual && decision.fallen.empty();
  decision.reason = reason_of(decision, gain, rule);
  return decision;
}

Result<GateDecision> decide_first(const Json& candidate_report, const GateRule& rule) {
  YUPU_RETURN_IF_ERROR(check_rule(rule));
  YUPU_ASSIGN_OR_RETURN(const double accuracy, figure(candidate_report, "accuracy", "candidate report"));
  YUPU_ASSIGN_OR_RETURN(const double macro_f1, figure(candidate_report, "macro_f1", "candidate report"));
  GateDecision decision;
  decision.candidate = rule.metric == "accuracy" ? accuracy : macro_f1;
  decision.pass = accuracy >= rule.first_accuracy_min - kEqual && macro_f1 >= rule.first_macro_f1_min - kEqual;
  decision.reason =
      fmt::format("first release {}: accuracy {:.4f} (at least {:.4f}), macro f1 {:.4f} (at least {:.4f})",
                  decision.pass ? "reaches the minimum" : "refused, below the minimum", accuracy,
                  rule.first_accuracy_min, macro_f1, rule.first_macro_f1_min);
  return decision;
}

namespace {
Json changes_json(const std::vector<SliceChange>& changes) {
  Json json = Json::array();
  for (const SliceChange& change : changes) {
    json.push_back({{"slice", change.slice},
                    {"live", change.live},
                    {"candidate", change.candidate},
                    {"drop", change.drop()},
                    {"support", change.support}});
  }
  return json;
}
}  // namespace

Json GateDecision::to_json(const GateRule& rule) const {
  Json json = {{"pass", pass},
               {"reason", reason},
               {"metric", rule.metric},
               {"candidate", candidate},
               {"live", live ? Json(*live) : Json()},
               {"gain", live ? Json(candidate - *live) : Json()},
               {"fallen", changes_json(fallen)},
               {"slices", changes_json(slices)},
               {"rule", rule.to_json()},
               {"uncertainty", Json()}};
  if (uncertainty) {
    json["uncertainty"] = {{"test", "McNemar, exact"},
                           {"p_value", uncertainty->p_value},
                           {"rows", uncertainty->row_count},
                           {"only_live_right", uncertainty->only_live_right},
                           {"only_candidate_right", uncertainty->only_candidate_right},
                           {"accuracy_gain_95", {uncertainty->gain_low, uncertainty->gain_high}}};
  }
  return json;
}

}  // namespace yupu::improvement
