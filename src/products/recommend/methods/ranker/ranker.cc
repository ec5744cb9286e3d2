#include "products/recommend/methods/ranker/ranker.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/evaluate/time_split.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kPairs = 4;

void append(const RankingGroups& more, RankingGroups& groups) {
  groups.features.insert(groups.features.end(), more.features.begin(), more.features.end());
  groups.relevance.insert(groups.relevance.end(), more.relevance.begin(), more.relevance.end());
  groups.sizes.insert(groups.sizes.end(), more.sizes.begin(), more.sizes.end());
  groups.weights.insert(groups.weights.end(), more.weights.begin(), more.weights.end());
  if (more.offsets.empty()) return;
  groups.offsets.resize(groups.relevance.size() - more.relevance.size(), 0.0f);
  groups.offsets.insert(groups.offsets.end(), more.offsets.begin(), more.offsets.end());
}

constexpr double kCountMost = 1e15;  // what a double and a size_t both hold
constexpr double kTreesMost = 10'000, kDepthMost = 30;

// A count among the settings, at most `most`: nothing has more questions or lists than that.
Result<std::size_t> count_of(const Settings& settings, const char* name, std::int64_t otherwise,
                             double most = kCountMost) {
  const auto found = settings.find(name);
  if (found == settings.end()) return static_cast<std::size_t>(otherwise);
  if (!(found->second >= 0.0)) {  // NaN is not
    return invalid_argument(
        fmt::format("ranker: setting '{}' is {}: a number from 0 on was expected", name, found->second), name);
  }
  return static_cast<std::size_t>(std::min(found->second, most));
}

// What groups weigh in boosting, which draws pairs for every row.
double mass_of(const RankingGroups& groups) {
  double mass = 0.0;
  for (std::size_t i = 0; i < groups.sizes.size(); ++i) mass += double{groups.weights[i]} * groups.sizes[i];
  return mass;
}

}  // namespace

std::string Lessons::text() const {
  if (questions == 0 && lists == 0) return "the sources alone: too little to learn an order from";
  std::string said = fmt::format("{} questions", questions);
  if (lists > 0) return said + fmt::format(" and {} given lists with a click, by position", lists);
  if (lists_min == 0) return said;  // nobody asked for lists
  return said + fmt::format("; {} given lists with a click, {} are wanted to learn from them", lists_found, lists_min);
}

Ranker::Ranker(const Settings& settings, const Tools& tools)
    : settings_(settings), stage_(std::make_unique<StageOne>(settings, tools)) {}

Status Ranker::fit(const FitData& data) {
  lessons_ = {};
  YUPU_ASSIGN_OR_RETURN(const std::size_t questions_min, count_of(settings_, "questions_min", kQuestionsMin));
  YUPU_ASSIGN_OR_RETURN(const std::size_t lists_min, count_of(settings_, "lists_min", kListsMin));
  YUPU_ASSIGN_OR_RETURN(const std::size_t trees, count_of(settings_, "trees", BoostingShape{}.trees, kTreesMost));
  YUPU_ASSIGN_OR_RETURN(const std::size_t depth, count_of(settings_, "depth", BoostingShape{}.depth, kDepthMost));
  SplitRule rule;
  rule.test_share = settings_.at("slice");
  const auto slice = split_by_time(data.log, rule);
  if (!slice.ok()) return {Code::kTooLarge, "ranker: too few events to set some aside: " + slice.status().message()};
  const tasks::BehaviourLog before = data.log.cut_at(slice->test_ns);
  YUPU_RETURN_IF_ERROR(stage_->fit(
      {.log = before, .weights = data.weights, .relevant = data.relevant, .seed = data.seed, .context = data.context}));
  std::vector<LoggedList> lists;
  RankingGroups given = given_groups(data, lists_min, lists);
  std::vector<Question> questions = questions_of(
      data.log, slice->test_ns, INT64_MAX,
      {.protocol = Protocol::kNext, .relevant = data.relevant, .questions_max = kRankerQuestions, .seed = data.seed});
  const auto explained = std::stable_partition(questions.begin(), questions.end(), [&](const Question& question) {
    return !is_explained(lists, question.user, question.time_ns, question.wanted);
  });
  RankingGroups groups = groups_of(data, {questions.begin(), explained});
  if (groups.sizes.size() < questions_min) append(groups_of(data, {explained, questions.end()}), groups);
  if (groups.sizes.size() < questions_min) {
    return {Code::kTooLarge,
            fmt::format("ranker: {} questions to learn from, it wants {}", groups.sizes.size(), questions_min)};
  }
  lessons_.questions = groups.sizes.size();
  lessons_.lists = given.sizes.size();
  // A question has hundreds of rows and a list ten: in all they weigh alike.  Lists alone weigh what they weigh.
  if (!given.sizes.empty() && !groups.sizes.empty()) {
    const auto factor = static_cast<float>(mass_of(groups) / mass_of(given));
    for (float& weight : given.weights) weight *= factor;
  }
  append(given, groups);
  YUPU_ASSIGN_OR_RETURN(forest_, lambda_mart(groups, {.trees = static_cast<std::int64_t>(trees),
                                                      .depth = static_cast<std::int64_t>(depth),
                                                      .lr = settings_.at("lr"),
                                                      .pairs = kPairs,
                                                      .seed = data.seed}));
  if (!forest_.has_splits()) {  // nothing in it to tell rows apart by: the sources alone say more
    forest_ = {};
    lessons_.questions = lessons_.lists = 0;
  }
  return stage_->fit(data);
}

Status Ranker::fit_sources(const FitData& data) {
  forest_ = {};
  return stage_->fit(data);
}

bool Ranker::take_trees(const Ranker& other) {
  if (other.feature_names() != feature_names()) return false;
  forest_ = other.forest_;
  lessons_ = other.lessons_;
  return true;
}

std::size_t Ranker::position_feature() const {
  const auto& names = feature_names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), kPositionFeature) - names.begin());
}

RankingGroups Ranker::given_groups(const FitData& data, std::size_t lists_min, std::vector<LoggedList>& lists) {
  RankingGroups groups{.width = stage_->width(), .features = {}, .relevance = {}, .sizes = {}};
  if (!data.lists) return groups;
  lists = data.lists(feature_names());
  add_lists(lists, data.log, data.relevant, position_feature(), PositionRule::kOffset, {}, groups);
  lessons_.lists_found = groups.sizes.size();
  lessons_.lists_min = lists_min;
  if (lessons_.lists_found == 0 || lessons_.lists_found < lists_min) {  // then no list explains a click away
    lists.clear();
    return {.width = stage_->width(), .features = {}, .relevance = {}, .sizes = {}};
  }
  return groups;
}

RankingGroups Ranker::groups_of(const FitData& data, std::span<const Question> questions) const {
  RankingGroups groups{.width = stage_->width(), .features = {}, .relevance = {}, .sizes = {}};
  std::map<std::uint32_t, float> asked;
  for (const Question& question : questions) asked[question.user] += 1.0f;
  for (const Question& question : questions) {
    const Moment moment{.log = data.log,
                        .time_ns = question.time_ns,
                        .history = data.log.of_user_before(question.user, question.time_ns)};
    const Pool pool = StageOne::Sight(*stage_, moment).pool();
    const auto is_wanted = [&](std::uint32_t item) {
      return std::binary_search(question.wanted.begin(), question.wanted.end(), item);
    };
    if (std::none_of(pool.items.begin(), pool.items.end(), is_wanted)) continue;
    groups.features.insert(groups.features.end(), pool.features.begin(), pool.features.end());
    for (const std::uint32_t item : pool.items) groups.relevance.push_back(is_wanted(item) ? 1.0f : 0.0f);
    groups.sizes.push_back(static_cast<std::uint32_t>(pool.items.size()));
    // Figures are means over users: who asked a hundred times should not count a hundred times.
    groups.weights.push_back(1.0f / std::sqrt(asked.at(question.user)));
  }
  return groups;
}

std::vector<float> Ranker::judged(std::span<const float> features) const {
  const std::size_t width = stage_->width();
  std::vector<float> scores(features.size() / width);
  for (std::size_t row = 0; row < scores.size(); ++row)
    scores[row] = has_trees() ? forest_.score(features.subspan(row * width, width))
                              : plain_score(features.subspan(row * width, width));
  return scores;
}

float Ranker::plain_score(std::span<const float> row) const {
  float sum = 0.0f;
  for (std::size_t source = 0; source < stage_->source_count(); ++source) sum += row[2 * source + 1];
  return sum + 0.01f * row[2 * stage_->source_count() + 1];  // users of the week
}

void Ranker::score(const Moment& moment, std::span<float> scores) const {
  const StageOne::Sight sight(*stage_, moment);
  const Pool pool = sight.pool();
  const std::vector<float> judged_scores = judged(pool.features);
  const float floor =
      judged_scores.empty() ? 0.0f : *std::min_element(judged_scores.begin(), judged_scores.end()) - 1.0f;
  for (std::uint32_t item = 0; item < scores.size(); ++item) scores[item] = floor - 1.0f + sight.last_resort(item);
  for (std::size_t i = 0; i < pool.items.size(); ++i) scores[pool.items[i]] = judged_scores[i];
}

std::vector<Ranker::Ranked> Ranker::rank(const Moment& moment) const {
  const Pool pool = StageOne::Sight(*stage_, moment).pool();
  const std::vector<float> scores = judged(pool.features);
  std::vector<Ranked> ranked(pool.items.size());
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const auto row = std::span(pool.features).subspan(i * stage_->width(), stage_->width());
    ranked[i] = {.item = pool.items[i], .score = scores[i], .features = std::vector<float>(row.begin(), row.end())};
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  return ranked;
}

std::vector<float> Ranker::scores_of(const Moment& moment, std::span<const std::uint32_t> items) const {
  return judged(StageOne::Sight(*stage_, moment).features_of(items));
}

void Ranker::score_these(const Moment& moment, std::span<const std::uint32_t> items, std::span<float> scores) const {
  std::ranges::copy(scores_of(moment, items), scores.begin());
}

std::unique_ptr<Method> make_ranker(const Settings& settings, const Tools& tools) {
  if (!can_boost()) return nullptr;
  return std::make_unique<Ranker>(settings, tools);
}

}  // namespace yupu::recommend
