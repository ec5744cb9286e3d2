#include "products/recommend/serve/fitting.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/execution_context.h"

namespace yupu::recommend {
namespace {

// Vectors of all texts; those that `before` has are not read again.
Status read_texts(engine::ExecutionContext& context, const Fitted* before, Fitted& fitted) {
  const std::vector<std::string>& texts = fitted.catalogue->texts;
  std::map<std::string_view, std::span<const float>> known;
  if (before != nullptr && before->tower != nullptr && before->release.tower_sha256 == fitted.release.tower_sha256) {
    for (std::size_t item = 0; item < before->catalogue->texts.size(); ++item)
      known.emplace(before->catalogue->texts[item], before->vectors.row(item));
  }
  std::vector<std::string> unread;
  for (const std::string& text : texts) {
    if (known.find(text) == known.end()) unread.push_back(text);
  }
  YUPU_ASSIGN_OR_RETURN(OwnedItemVectors read, embed_items(*fitted.tower, context, unread));
  if (known.empty()) {
    fitted.owned_vectors = std::move(read);
  } else {
    fitted.owned_vectors.width = before->vectors.width;
    std::size_t next = 0;
    for (const std::string& text : texts) {
      const auto found = known.find(text);
      const std::span<const float> row = found != known.end() ? found->second : read.view().row(next++);
      fitted.owned_vectors.values.insert(fitted.owned_vectors.values.end(), row.begin(), row.end());
    }
  }
  fitted.vectors = fitted.owned_vectors.view();
  return ok_status();
}

Status open_tower(engine::ExecutionContext& context, const Fitted* before, Fitted& fitted) {
  const Release& release = fitted.release;
  YUPU_ASSIGN_OR_RETURN(fitted.tower, tasks::Recommender::load(release.tower));
  if (!release.tower_sha256.empty() && fitted.tower->weights_sha256() != release.tower_sha256) {
    return {Code::kConflict, fmt::format("{}: has another tower than release {} was made with", release.tower,
                                         release.id.empty() ? "that is made" : release.id)};
  }
  YUPU_RETURN_IF_ERROR(read_texts(context, before, fitted));
  fitted.tools.tower = fitted.tower.get();
  fitted.tools.tower_vectors = &fitted.vectors;
  fitted.mean_vector = mean_of(fitted.vectors);
  return ok_status();
}

Status open_cross(const FitAids& aids, Fitted& fitted) {
  const Release& release = fitted.release;
  if (aids.cross_of != nullptr && aids.cross_of->cross != nullptr) {
    fitted.cross = aids.cross_of->cross;
  } else {
    YUPU_ASSIGN_OR_RETURN(fitted.cross, CrossEncoder::open(release.cross, aids.clock));
  }
  if (!release.cross_sha256.empty() && fitted.cross->weights_sha256() != release.cross_sha256) {
    return {Code::kConflict, fmt::format("{}: has another cross-encoder than release {} was made with", release.cross,
                                         release.id.empty() ? "that is made" : release.id)};
  }
  fitted.tools.cross = fitted.cross.get();
  return ok_status();
}

// Sources on all of the log; the order from it and the lists, or that of before where its features are the same.
Status fit_ranker(const Collection& collection, FitData& data, const FitAids& aids, Fitted& fitted) {
  Ranker& ranker = *fitted.ranker;
  if (aids.order_of != nullptr && aids.order_of->ranker->has_trees()) {
    YUPU_RETURN_IF_ERROR(ranker.fit_sources(data));
    if (ranker.take_trees(*aids.order_of->ranker)) {
      fitted.fitted_ns = aids.order_of->fitted_ns;
      return ok_status();
    }
  }
  if (!can_boost()) return ranker.fit_sources(data);
  if (aids.lists) {
    YUPU_ASSIGN_OR_RETURN(const std::span<const KeptList> lists, aids.lists());
    data.lists = lists_to_learn(collection, lists);
  }
  const Status status = ranker.fit(data);
  return !status.ok() && status.code() == Code::kTooLarge ? ranker.fit_sources(data) : status;
}

}  // namespace

Result<std::shared_ptr<const Fitted>> fit_release(const Collection& collection, const tasks::BehaviourLog& log,
                                                  const Release& release, std::int64_t now_ns, const FitAids& aids) {
  auto fitted = std::make_shared<Fitted>();
  fitted->release = release;
  fitted->catalogue = std::make_unique<const Collection>(catalogue_of(collection));
  const Collection& known = *fitted->catalogue;
  fitted->tools = tools_of(known);
  fitted->fitted_ns = now_ns;
  engine::ExecutionContext context(1);
  if (!release.tower.empty() && !known.items.empty())
    YUPU_RETURN_IF_ERROR(open_tower(context, aids.vectors_of, *fitted));
  if (!release.cross.empty() && !known.items.empty()) YUPU_RETURN_IF_ERROR(open_cross(aids, *fitted));
  fitted->ranker = std::make_unique<Ranker>(release.settings, fitted->tools);
  if (known.items.empty()) return std::shared_ptr<const Fitted>(std::move(fitted));  // nothing is asked of it
  FitData data{.log = log, .weights = {}, .relevant = tasks::BehaviourKind::kClick, .seed = 1, .context = context};
  YUPU_RETURN_IF_ERROR(fit_ranker(collection, data, aids, *fitted));
  return std::shared_ptr<const Fitted>(std::move(fitted));
}

}  // namespace yupu::recommend
