// A gate before the thresholds: a text whose scope score (scope.h) is below the gate's threshold is refused, whatever
// its labels' scores.  The threshold lets 95 % of the validation rows that have a label in.
//   kCombined   the scores that set the threshold, the figures and a promise are cross-fitted (combination.h); what
//               the model keeps is fitted to all rows
// Threads  free functions any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/classify/combination.h"
#include "tasks/classify/scope.h"

namespace yupu::tasks {

struct ScopeGate {
  ScopeScore score = ScopeScore::kEnergy;
  double threshold = 0.0;                            // of that score; below it a text is out of scope
  std::optional<ScopeCombination> combination = {};  // of kCombined
};
bool reads_distances(const ScopeGate& gate);  // of Classifier::distances
bool reads_agreement(const ScopeGate& gate);
bool reads_neighbours(const ScopeGate& gate);  // of Classifier::neighbours
OrderedJson json_of(const ScopeGate& gate);

// What a model says of a text.
struct LabelledLogits {
  std::vector<float> logits;               // of the labels
  std::optional<std::int32_t> label;       // nothing: out of scope
  std::optional<double> mahalanobis = {};  // when the model has class distances
  std::optional<double> neighbours = {};   // when it has the training texts' vectors
  std::optional<float> background = {};    // the background output's logit, when the model has one
  std::optional<double> agreement = {};    // of encoder and wide branch, when the model shows it
};

// Which scope gate may be used; kAuto: whichever helps a promise most, none without a promise.
enum class GateChoice : std::uint8_t { kAuto, kOff, kEnergy, kMahalanobis, kNeighbours, kBackground, kCombined };
inline constexpr std::array kGateChoices = {"auto",       "off",        "energy",  "mahalanobis",
                                            "neighbours", "background", "combined"};  // in the order above
std::optional<GateChoice> find_gate_choice(std::string_view name);
std::optional<ScopeScore> score_of(GateChoice choice);  // nothing: kAuto, kOff

// softmax(z / temperature) of the labels, in f64.  A background output takes its share: then the sum is below 1.
std::vector<double> probabilities(std::span<const float> logits, double temperature,
                                  std::optional<float> background = {});
ScopeSigns signs_of(const LabelledLogits& row, double temperature);
// REQUIRES: the row has what the gate's score reads.
double scope_score_of(const LabelledLogits& row, const ScopeGate& gate, double temperature);

// Rows of either kind, at least, that a combination is fitted to.
inline constexpr std::int64_t kCombinationRowsMin = 40;
// The scores that rows of this model have and kAuto tries a gate of: kCombined where both kinds are many enough;
// kNeighbours never, because a gate of it keeps thousands of vectors beside the model.
std::vector<ScopeScore> scores_of(std::span<const LabelledLogits> rows);
// Outcomes  kInvalidArgument: the rows do not allow this choice, and why.
Status check_gate(std::span<const LabelledLogits> rows, GateChoice choice);

struct TriedGate {
  ScopeGate gate;
  std::vector<double> scores;  // of the rows it was fitted to, in order
};
// REQUIRES: a row with a label; the rows have what the score reads; of kCombined, check_gate's rows.
TriedGate try_gate(std::span<const LabelledLogits> rows, ScopeScore score, double temperature);

using ScopeFigureList = std::vector<std::pair<ScopeScore, ScopeFigures>>;
// AUROC and FPR@95 of every score the rows have, kCombined by this combination; empty when the rows are of one kind.
ScopeFigureList scope_figures_of(std::span<const LabelledLogits> rows, double temperature,
                                 const ScopeCombination* combination = nullptr);
// The same for the rows that thresholds are fitted to: kCombined is cross-fitted.
ScopeFigureList fitted_scope_figures(std::span<const LabelledLogits> rows, double temperature);
OrderedJson json_of(const ScopeFigureList& figures);

}  // namespace yupu::tasks
