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
constexpr double kTreesMost = 10'000, kDepthMost = 30, kCrossMost = 1000;

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

// A question has hundreds of rows and a list ten: in all they weigh alike.  Lists alone weigh what they weigh.
void append_lists(RankingGroups given, RankingGroups& groups) {
  if (given.sizes.empty()) return;
  if (!groups.sizes.empty()) {
    const auto factor = static_cast<float>(mass_of(groups) / mass_of(given));
    for (float& weight : given.weights) weight *= factor;
  }
  append(given, groups);
}

RankingGroups groups_of_width(std::size_t width) {
  return {.width = width, .features = {}, .relevance = {}, .sizes = {}};
}

std::map<std::uint32_t, float> asked_by(std::span<const Question> questions) {
  std::map<std::uint32_t, float> asked;
  for (const Question& question : questions) asked[question.user] += 1.0f;
  return asked;
}

// Figures are means over users: who asked a hundred times should not count a hundred times.
float weight_of(float asked) { return 1.0f / std::sqrt(asked); }

Moment moment_of(const FitData& data, const Question& question) {
  return {.log = data.log,
          .time_ns = question.time_ns,
          .history = data.log.of_user_before(question.user, question.time_ns)};
}

bool is_wanted(const Question& question, std::uint32_t item) {
  return std::binary_search(question.wanted.begin(), question.wanted.end(), item);
}

std::size_t cross_top_of(const Settings& settings) {
  const auto found = settings.find("cross_top");
  if (found == settings.end() || !(found->second >= 0.0)) return 0;  // what fit refuses reads nothing
  return static_cast<std::size_t>(std::min(found->second, kCrossMost));
}

}  // namespace

struct Ranker::LearningRule {
  std::size_t questions_min = 0, lists_min = 0;
  BoostingShape shape;

  static Result<LearningRule> of(const Settings& settings, std::uint64_t seed) {
    LearningRule rule;
    YUPU_ASSIGN_OR_RETURN(rule.questions_min, count_of(settings, "questions_min", kQuestionsMin));
    YUPU_ASSIGN_OR_RETURN(rule.lists_min, count_of(settings, "lists_min", kListsMin));
    YUPU_RETURN_IF_ERROR(count_of(settings, "cross_top", 0).status());
    YUPU_ASSIGN_OR_RETURN(const std::size_t trees, count_of(settings, "trees", BoostingShape{}.trees, kTreesMost));
    YUPU_ASSIGN_OR_RETURN(const std::size_t depth, count_of(settings, "depth", BoostingShape{}.depth, kDepthMost));
    rule.shape = {.trees = static_cast<std::int64_t>(trees),
                  .depth = static_cast<std::int64_t>(depth),
                  .lr = settings.at("lr"),
                  .pairs = kPairs,
                  .seed = seed};
    return rule;
  }
};

std::string Lessons::text() const {
  if (questions == 0 && lists == 0) return "the sources alone: too little to learn an order from";
  std::string said = fmt::format("{} questions", questions);
  if (lists > 0) {
    said += fmt::format(" and {} given lists with a click, by position", lists);
  } else if (lists_min > 0) {  // else nobody asked for lists
    said += fmt::format("; {} given lists with a click, {} are wanted to learn from them", lists_found, lists_min);
  }
  return read_again == 0 ? said : said + fmt::format("; the first read again, from {} of them", read_again);
}

Ranker::Ranker(const Settings& settings, const Tools& tools)
    : settings_(settings),
      stage_(std::make_unique<StageOne>(settings, tools)),
      second_(tools.cross, tools.texts, cross_top_of(settings)) {
  feature_names_ = stage_->feature_names();
  second_.add_names(feature_names_);
}

Status Ranker::fit_stage(const FitData& data) {
  const Status status = stage_->fit(data);
  feature_names_ = stage_->feature_names();  // a source may have been left out
  second_.add_names(feature_names_);
  return status;
}

Status Ranker::fit(const FitData& data) {
  lessons_ = {};
  second_.forget();
  YUPU_ASSIGN_OR_RETURN(const LearningRule learning, LearningRule::of(settings_, data.seed));
  SplitRule rule;
  rule.test_share = settings_.at("slice");
  const auto slice = split_by_time(data.log, rule);
  if (!slice.ok()) return {Code::kTooLarge, "ranker: too few events to set some aside: " + slice.status().message()};
  const tasks::BehaviourLog before = data.log.cut_at(slice->test_ns);
  YUPU_RETURN_IF_ERROR(fit_stage(
      {.log = before, .weights = data.weights, .relevant = data.relevant, .seed = data.seed, .context = data.context}));
  std::vector<LoggedList> lists;
  RankingGroups given = given_groups(data, learning.lists_min, lists);
  std::vector<Question> questions = questions_of(data.log, slice->test_ns, INT64_MAX,
                                                 {.protocol = Protocol::kNext,
                                                  .relevant = data.relevant,
                                                  .questions_max = kRankerQuestions,
                                                  .newcomers_max = kNewcomerQuestions,
                                                  .seed = data.seed});
  const auto explained = std::stable_partition(questions.begin(), questions.end(), [&](const Question& question) {
    return !is_explained(lists, question.user, question.time_ns, question.wanted);
  });
  std::span<const Question> learned(questions.begin(), explained);
  RankingGroups groups = groups_of(data, learned);
  if (groups.sizes.size() < learning.questions_min) {
    append(groups_of(data, {explained, questions.end()}), groups);
    learned = questions;
  }
  if (groups.sizes.size() < learning.questions_min) {
    return {Code::kTooLarge, fmt::format("ranker: {} questions to learn from, it wants {}", groups.sizes.size(),
                                         learning.questions_min)};
  }
  lessons_.questions = groups.sizes.size();
  lessons_.lists = given.sizes.size();
  append_lists(std::move(given), groups);
  add_plain_scores(groups);
  YUPU_ASSIGN_OR_RETURN(forest_, lambda_mart(groups, learning.shape));
  if (!forest_.has_splits()) {  // nothing in it to tell rows apart by: the sources alone say more
    forest_ = {};
    lessons_.questions = lessons_.lists = 0;
  } else if (second_.is_there()) {
    YUPU_RETURN_IF_ERROR(learn_second(data, learned, lists, learning));
  }
  return fit_stage(data);
}

Status Ranker::learn_second(const FitData& data, std::span<const Question> questions, std::span<const LoggedList> lists,
                            const LearningRule& rule) {
  RankingGroups groups = second_groups_of(data, questions);
  std::vector<LoggedList> read;  // with a score that had arrived
  const std::size_t column = stage_->width();
  for (const LoggedList& list : lists) {
    if (std::any_of(list.rows.begin(), list.rows.end(),
                    [&](const LoggedRow& row) { return !std::isnan(row.features[column]); }))
      read.push_back(list);
  }
  RankingGroups given = groups_of_width(feature_names_.size());
  add_lists(read, data.log, data.relevant, position_feature(), PositionRule::kOffset, {}, given);
  if (given.sizes.size() < rule.lists_min) given = groups_of_width(feature_names_.size());
  if (groups.sizes.size() + given.sizes.size() < std::max<std::size_t>(1, std::min(rule.questions_min, kQuestionsMin)))
    return ok_status();  // too little to learn another order from: the first stands
  lessons_.read_again = groups.sizes.size() + given.sizes.size();
  append_lists(std::move(given), groups);
  YUPU_RETURN_IF_ERROR(second_.learn(groups, rule.shape));
  if (!second_.has_trees()) lessons_.read_again = 0;
  return ok_status();
}

RankingGroups Ranker::second_groups_of(const FitData& data, std::span<const Question> questions) const {
  RankingGroups groups = groups_of_width(feature_names_.size());
  const std::map<std::uint32_t, float> asked = asked_by(questions);
  // Every step-th, which is as many as are wanted where every one has something to learn from; then those between.
  const std::size_t step = std::max<std::size_t>(1, (questions.size() + kCrossQuestions - 1) / kCrossQuestions);
  std::vector<std::size_t> order;
  for (std::size_t first = 0; first < step; ++first) {
    for (std::size_t at = first; at < questions.size(); at += step) order.push_back(at);
  }
  for (const std::size_t at : order) {
    if (groups.sizes.size() == kCrossQuestions) break;
    const Question& question = questions[at];
    const Moment moment = moment_of(data, question);
    const Pool pool = StageOne::Sight(*stage_, moment).pool();
    const std::vector<std::size_t> places = second_.first_of(judged(pool.features));
    std::vector<std::uint32_t> items;
    for (const std::size_t place : places) items.push_back(pool.items[place]);
    if (std::none_of(items.begin(), items.end(), [&](std::uint32_t item) { return is_wanted(question, item); }))
      continue;
    const bool unread = groups.sizes.size() % kUnreadEvery == kUnreadEvery - 1;
    const auto read = unread ? SecondOrder::Scores(items.size()) : second_.read(moment, items);
    const std::vector<float> rows = second_.widened(pool.features, stage_->width(), places, read);
    for (const std::size_t place : places) {
      const auto row = std::span(rows).subspan(place * groups.width, groups.width);
      groups.features.insert(groups.features.end(), row.begin(), row.end());
      groups.relevance.push_back(is_wanted(question, pool.items[place]) ? 1.0f : 0.0f);
    }
    groups.sizes.push_back(static_cast<std::uint32_t>(places.size()));
    groups.weights.push_back(weight_of(asked.at(question.user)));
  }
  return groups;
}

Status Ranker::fit_sources(const FitData& data) {
  forest_ = {};
  second_.forget();
  return fit_stage(data);
}

bool Ranker::take_trees(const Ranker& other) {
  if (other.feature_names() != feature_names()) return false;
  forest_ = other.forest_;
  second_.take_trees(other.second_);
  lessons_ = other.lessons_;
  return true;
}

std::size_t Ranker::position_feature() const {
  const auto& names = feature_names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), kPositionFeature) - names.begin());
}

RankingGroups Ranker::given_groups(const FitData& data, std::size_t lists_min, std::vector<LoggedList>& lists) {
  RankingGroups groups = groups_of_width(stage_->width());
  if (!data.lists) return groups;
  lists = data.lists(feature_names());
  add_lists(lists, data.log, data.relevant, position_feature(), PositionRule::kOffset, {}, groups);
  lessons_.lists_found = groups.sizes.size();
  lessons_.lists_min = lists_min;
  if (lessons_.lists_found == 0 || lessons_.lists_found < lists_min) {  // then no list explains a click away
    lists.clear();
    return groups_of_width(stage_->width());
  }
  return groups;
}

RankingGroups Ranker::groups_of(const FitData& data, std::span<const Question> questions) const {
  RankingGroups groups = groups_of_width(stage_->width());
  const std::map<std::uint32_t, float> asked = asked_by(questions);
  for (const Question& question : questions) {
    const Moment moment = moment_of(data, question);
    const Pool pool = StageOne::Sight(*stage_, moment).pool();
    const auto wanted = [&](std::uint32_t item) { return is_wanted(question, item); };
    if (std::none_of(pool.items.begin(), pool.items.end(), wanted)) continue;
    groups.features.insert(groups.features.end(), pool.features.begin(), pool.features.end());
    for (const std::uint32_t item : pool.items) groups.relevance.push_back(wanted(item) ? 1.0f : 0.0f);
    groups.sizes.push_back(static_cast<std::uint32_t>(pool.items.size()));
    groups.weights.push_back(weight_of(asked.at(question.user)));
  }
  return groups;
}

std::vector<float> Ranker::judged(std::span<const float> features) const {
  const std::size_t width = stage_->width();
  std::vector<float> scores(features.size() / width);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const auto values = features.subspan(row * width, width);
    scores[row] = plain_score(values) + (has_trees() ? forest_.score(values) : 0.0f);
  }
  return scores;
}

void Ranker::add_plain_scores(RankingGroups& groups) const {
  groups.offsets.resize(groups.relevance.size(), 0.0f);
  for (std::size_t row = 0; row < groups.offsets.size(); ++row)
    groups.offsets[row] += plain_score(std::span(groups.features).subspan(row * groups.width, groups.width));
}

float Ranker::plain_score(std::span<const float> row) const {
  // A list that was kept before there was a source has nothing in its place.
  const auto value = [&](std::size_t at) { return std::isnan(row[at]) ? 0.0f : row[at]; };
  float sum = 0.0f;
  for (std::size_t source = 0; source < stage_->source_count(); ++source) sum += value(2 * source + 1);
  return sum + 0.01f * value(2 * stage_->source_count() + 1);  // users of the week
}

Ranker::Judged Ranker::judged_twice(const Moment& moment, std::span<const std::uint32_t> items,
                                    std::vector<float> features) const {
  Judged all{.scores = judged(features), .features = std::move(features)};
  if (!second_.is_there() || items.empty()) return all;
  std::vector<std::size_t> places;
  SecondOrder::Scores read;
  if (has_trees() && second_.has_trees()) {
    places = second_.first_of(all.scores);
    std::vector<std::uint32_t> first;
    for (const std::size_t place : places) first.push_back(items[place]);
    read = second_.read(moment, first);
  }
  all.features = second_.widened(all.features, stage_->width(), places, read);
  const bool arrived = std::any_of(read.begin(), read.end(), [](const auto& score) { return score.has_value(); });
  if (arrived) second_.put_in_order(all.features, places, all.scores);
  return all;
}

void Ranker::score(const Moment& moment, std::span<float> scores) const {
  const StageOne::Sight sight(*stage_, moment);
  Pool pool = sight.pool();
  const Judged all = judged_twice(moment, pool.items, std::move(pool.features));
  const float floor = all.scores.empty() ? 0.0f : *std::min_element(all.scores.begin(), all.scores.end()) - 1.0f;
  for (std::uint32_t item = 0; item < scores.size(); ++item) scores[item] = floor - 1.0f + sight.last_resort(item);
  for (std::size_t i = 0; i < pool.items.size(); ++i) scores[pool.items[i]] = all.scores[i];
}

std::vector<Ranker::Ranked> Ranker::in_order(const Moment& moment, std::span<const std::uint32_t> items,
                                             std::vector<float> features) const {
  const Judged all = judged_twice(moment, items, std::move(features));
  const std::size_t width = feature_names_.size();
  std::vector<Ranked> ranked(items.size());
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const auto row = std::span(all.features).subspan(i * width, width);
    ranked[i] = {.item = items[i], .score = all.scores[i], .features = std::vector<float>(row.begin(), row.end())};
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  return ranked;
}

std::vector<Ranker::Ranked> Ranker::rank(const Moment& moment) const {
  Pool pool = StageOne::Sight(*stage_, moment).pool();
  return in_order(moment, pool.items, std::move(pool.features));
}

std::vector<Ranker::Ranked> Ranker::rank_these(const Moment& moment, std::span<const std::uint32_t> items) const {
  const StageOne::Sight sight(*stage_, moment);
  return in_order(moment, items, sight.features_of(items));
}

std::vector<float> Ranker::scores_of(const Moment& moment, std::span<const std::uint32_t> items) const {
  return judged(StageOne::Sight(*stage_, moment).features_of(items));
}

void Ranker::score_these(const Moment& moment, std::span<const std::uint32_t> items, std::span<float> scores) const {
  const StageOne::Sight sight(*stage_, moment);
  std::ranges::copy(judged_twice(moment, items, sight.features_of(items)).scores, scores.begin());
}

std::unique_ptr<Method> make_ranker(const Settings& settings, const Tools& tools) {
  if (!can_boost()) return nullptr;
  return std::make_unique<Ranker>(settings, tools);
}

}  // namespace yupu::recommend
