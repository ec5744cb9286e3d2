#include "tasks/tokens/branches.h"

#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "tasks/tokens/span_metrics.h"

namespace yupu::tasks {
namespace {

Figures figures_of(const Tagger& tagger, const TagSet& set, std::span<const std::vector<float>> emissions) {
  SpanTally tally;
  for (std::size_t i = 0; i < set.sentences.size(); ++i) {
    const std::vector<Tag> said = tagger.tags_of_sequence(tagger.decode(emissions[i]));
    tally.add(lenient_spans(set.sentences[i].tags), lenient_spans(said));
  }
  return tally.report().micro;
}

}  // namespace

OrderedJson TagBranches::to_json() const {
  return {{"encoder", json_of(encoder)}, {"wide", json_of(wide)}, {"both", json_of(both)}};
}

std::string TagBranches::to_text() const {
  std::string text;
  for (const auto& [name, figures] :
       {std::pair("encoder alone", encoder), std::pair("wide alone", wide), std::pair("both", both)}) {
    text += fmt::format("branch {:<14} span precision {:.4f}, recall {:.4f}, f1 {:.4f}\n", name, figures.precision,
                        figures.recall, figures.f1);
  }
  return text;
}

Result<std::optional<TagBranches>> judge_branches(const Tagger& tagger, engine::ExecutionContext& context,
                                                  const TagSet& set, std::span<const WordEncoding> encodings,
                                                  std::span<const std::vector<float>> emissions) {
  CHECK(emissions.size() == set.sentences.size() && encodings.size() == emissions.size(), "a matrix for each sentence");
  if (tagger.wide() == nullptr) return std::optional<TagBranches>();
  YUPU_ASSIGN_OR_RETURN(const auto wide, tagger.wide_emissions(context, encodings));
  std::vector<std::vector<float>> encoder(emissions.begin(), emissions.end());
  for (std::size_t i = 0; i < encoder.size(); ++i) {
    for (std::size_t k = 0; k < encoder[i].size(); ++k) encoder[i][k] -= wide[i][k];
  }
  return std::optional<TagBranches>(TagBranches{.encoder = figures_of(tagger, set, encoder),
                                                .wide = figures_of(tagger, set, wide),
                                                .both = figures_of(tagger, set, emissions)});
}

}  // namespace yupu::tasks
