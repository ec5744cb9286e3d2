#include "tasks/classify/scope_gate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::tasks {
namespace {

std::int64_t labelled_count(std::span<const LabelledLogits> rows) {
  return std::count_if(rows.begin(), rows.end(), [](const LabelledLogits& row) { return row.label.has_value(); });
}

std::vector<SignedRow> signed_rows(std::span<const LabelledLogits> rows, double temperature) {
  std::vector<SignedRow> all;
  all.reserve(rows.size());
  for (const LabelledLogits& row : rows)
    all.push_back({.signs = signs_of(row, temperature), .in_scope = row.label.has_value()});
  return all;
}

ScopeFigures figures_of(std::span<const LabelledLogits> rows, std::span<const double> scores) {
  std::vector<double> in;
  std::vector<double> out;
  for (std::size_t i = 0; i < rows.size(); ++i) (rows[i].label ? in : out).push_back(scores[i]);
  return scope_figures(in, out);
}

std::vector<double> scores_by(std::span<const LabelledLogits> rows, const ScopeGate& gate, double temperature) {
  std::vector<double> scores;
  scores.reserve(rows.size());
  for (const LabelledLogits& row : rows) scores.push_back(scope_score_of(row, gate, temperature));
  return scores;
}

}  // namespace

bool reads_distances(const ScopeGate& gate) {
  return gate.score == ScopeScore::kMahalanobis ||
         (gate.combination && gate.combination->uses(ScopeSign::kMahalanobis));
}

bool reads_agreement(const ScopeGate& gate) {
  return gate.combination && gate.combination->uses(ScopeSign::kAgreement);
}

bool reads_neighbours(const ScopeGate& gate) { return gate.score == ScopeScore::kNeighbours; }

std::optional<GateChoice> find_gate_choice(std::string_view name) {
  for (std::size_t i = 0; i < kGateChoices.size(); ++i) {
    if (name == kGateChoices[i]) return static_cast<GateChoice>(i);
  }
  return std::nullopt;
}

std::optional<ScopeScore> score_of(GateChoice choice) {
  switch (choice) {
    case GateChoice::kAuto:
    case GateChoice::kOff:
      return std::nullopt;
    case GateChoice::kEnergy:
      return ScopeScore::kEnergy;
    case GateChoice::kMahalanobis:
      return ScopeScore::kMahalanobis;
    case GateChoice::kNeighbours:
      return ScopeScore::kNeighbours;
    case GateChoice::kBackground:
      return ScopeScore::kBackground;
    case GateChoice::kCombined:
      return ScopeScore::kCombined;
  }
  return std::nullopt;
}

ScopeSigns signs_of(const LabelledLogits& row, double temperature) {
  const std::vector<double> p = probabilities(row.logits, temperature, row.background);
  ScopeSigns signs;
  const auto set = [&](ScopeSign sign, double value) { signs[static_cast<std::size_t>(sign)] = value; };
  set(ScopeSign::kProbability, log_odds(*std::max_element(p.begin(), p.end())));
  set(ScopeSign::kEnergy, energy_score(row.logits));
  if (row.mahalanobis) set(ScopeSign::kMahalanobis, *row.mahalanobis);
  if (row.background) set(ScopeSign::kBackground, energy_score(row.logits) - double{*row.background});
  if (row.agreement) set(ScopeSign::kAgreement, *row.agreement);
  return signs;
}

double scope_score_of(const LabelledLogits& row, const ScopeGate& gate, double temperature) {
  switch (gate.score) {
    case ScopeScore::kProbability: {
      const std::vector<double> p = probabilities(row.logits, temperature, row.background);
      return *std::max_element(p.begin(), p.end());
    }
    case ScopeScore::kEnergy:
      return energy_score(row.logits);
    case ScopeScore::kMahalanobis:
      CHECK(row.mahalanobis.has_value(), "a row without its distance");
      return *row.mahalanobis;
    case ScopeScore::kNeighbours:
      CHECK(row.neighbours.has_value(), "a row without its neighbours");
      return *row.neighbours;
    case ScopeScore::kBackground:
      CHECK(row.background.has_value(), "a row without its background output");
      return energy_score(row.logits) - double{*row.background};
    case ScopeScore::kCombined:
      CHECK(gate.combination.has_value(), "a combined gate without its combination");
      return gate.combination->score(signs_of(row, temperature));
  }
  return 0.0;
}

std::vector<ScopeScore> scores_of(std::span<const LabelledLogits> rows) {
  std::vector<ScopeScore> scores;
  const std::int64_t in = labelled_count(rows);
  const std::int64_t out = static_cast<std::int64_t>(rows.size()) - in;
  if (in == 0 || out == 0) return scores;
  scores = {ScopeScore::kProbability, ScopeScore::kEnergy};
  if (rows.front().mahalanobis) scores.push_back(ScopeScore::kMahalanobis);
  if (rows.front().background) scores.push_back(ScopeScore::kBackground);
  if (std::min(in, out) >= kCombinationRowsMin) scores.push_back(ScopeScore::kCombined);
  return scores;
}

Status check_gate(std::span<const LabelledLogits> rows, GateChoice choice) {
  if (choice == GateChoice::kBackground && !rows.empty() && !rows.front().background) {
    return invalid_argument("scope_gate \"background\": the model has no background output (train with background)",
                            "scope_gate");
  }
  if (choice != GateChoice::kCombined) return ok_status();
  const std::int64_t in = labelled_count(rows);
  const std::int64_t out = static_cast<std::int64_t>(rows.size()) - in;
  if (std::min(in, out) >= kCombinationRowsMin) return ok_status();
  return invalid_argument(fmt::format("scope_gate \"combined\" is fitted to {} validation rows of either kind or more: "
                                      "there are {} in scope and {} out of it",
                                      kCombinationRowsMin, in, out),
                          "scope_gate");
}

TriedGate try_gate(std::span<const LabelledLogits> rows, ScopeScore score, double temperature) {
  TriedGate tried{.gate = {.score = score}, .scores = {}};
  if (score == ScopeScore::kCombined) {
    const std::vector<SignedRow> signs = signed_rows(rows, temperature);
    tried.gate.combination = fit_combination(signs);
    tried.scores = cross_fitted_scores(signs);
  } else {
    tried.scores = scores_by(rows, tried.gate, temperature);
  }
  std::vector<double> in;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].label) in.push_back(tried.scores[i]);
  }
  tried.gate.threshold = scope_figures(in, in).threshold;
  return tried;
}

ScopeFigureList scope_figures_of(std::span<const LabelledLogits> rows, double temperature,
                                 const ScopeCombination* combination) {
  ScopeFigureList figures;
  const std::int64_t in = labelled_count(rows);
  if (in == 0 || in == static_cast<std::int64_t>(rows.size())) return figures;
  for (const ScopeScore score : kScopeScores) {
    if (score == ScopeScore::kMahalanobis && !rows.front().mahalanobis) continue;
    if (score == ScopeScore::kNeighbours && !rows.front().neighbours) continue;
    if (score == ScopeScore::kBackground && !rows.front().background) continue;
    if (score == ScopeScore::kCombined && combination == nullptr) continue;
    ScopeGate gate{.score = score};
    if (score == ScopeScore::kCombined) gate.combination = *combination;
    figures.emplace_back(score, figures_of(rows, scores_by(rows, gate, temperature)));
  }
  return figures;
}

ScopeFigureList fitted_scope_figures(std::span<const LabelledLogits> rows, double temperature) {
  ScopeFigureList figures = scope_figures_of(rows, temperature);
  const std::vector<ScopeScore> scores = scores_of(rows);
  if (std::find(scores.begin(), scores.end(), ScopeScore::kCombined) != scores.end()) {
    figures.emplace_back(ScopeScore::kCombined, figures_of(rows, cross_fitted_scores(signed_rows(rows, temperature))));
  }
  return figures;
}

}  // namespace yupu::tasks
