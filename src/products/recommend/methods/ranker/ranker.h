// Two stages: candidates of several methods (stage_one.h), put in order by trees that read every feature of them
// (boosting/lambda_mart.h).
//   fit     the last `slice` of the events are set aside; the sources are fitted before them, the trees learn from the
//           questions in them (at most kRankerQuestions; up to kNewcomerQuestions of newcomers are drawn first) and
//           from the lists that were given, as they were logged, with each item's position (logged_lists.h); then the
//           sources are fitted again on everything
//   lists   are learned from where lists_min of them have something clicked and something not.  A click that a list
//           explains is then no question too, which would learn it without the position it was clicked for; it is
//           one where fewer than questions_min are left
//   score   of a candidate what the sources say together (fit_sources) and what the trees add to it: they learn from
//           there on, so that where they have seen little the sources' order stands; of anything else less than of any
//           candidate, in the order of item-knn.  Trees that found nothing to split by are none
//   second  where Tools has a cross-encoder and the setting cross_top says how many, the first candidates are read
//           again and change places among themselves (second_order.h); features have its columns then
// Settings  lambda (of ease), slice, trees, depth, lr; questions_min: questions with a wanted candidate that trees are
//           learned from; lists_min (either 100 where it is not set); each is a number from 0 on.
// Outcomes of fit  kTooLarge: fewer of them than that; kInvalidArgument, the field its name: a setting that is no
//           such number; those of lambda_mart.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "products/recommend/evaluate/questions.h"
#include "products/recommend/methods/ranker/boosting/lambda_mart.h"
#include "products/recommend/methods/ranker/logged_lists.h"
#include "products/recommend/methods/ranker/second_order.h"
#include "products/recommend/methods/ranker/stage_one.h"

namespace yupu::recommend {

inline constexpr std::size_t kRankerQuestions = 1200, kNewcomerQuestions = 300;
inline constexpr std::size_t kQuestionsMin = 100, kListsMin = 100;
inline constexpr std::size_t kCrossQuestions = 300;  // of them, that the second order is learned from

// What the trees have learned from.
struct Lessons {
  std::size_t questions = 0, lists = 0;
  std::size_t lists_found = 0, lists_min = 0;  // fewer than that were found: none was learned from
  std::size_t read_again = 0;                  // questions and lists of the second order
  std::string text() const;                    // in a sentence
};

class Ranker final : public Method {
 public:
  // `tools` must outlive it, with what it lends.
  Ranker(const Settings& settings, const Tools& tools);

  Status fit(const FitData& data) override;
  void score(const Moment& moment, std::span<float> scores) const override;
  // By the trees, candidates or not.
  void score_these(const Moment& moment, std::span<const std::uint32_t> items, std::span<float> scores) const override;

  // The sources alone: without trees a candidate's score is the sum of its shares of each source's largest score, and a
  // hundredth of ln(1 + users of the week).  For a shop with too little behaviour to learn an order from.
  Status fit_sources(const FitData& data);
  // The trees of another ranker, where their features are this one's: what a new item needs is sources that know it,
  // not another order.  False: they are not, and nothing is taken.
  bool take_trees(const Ranker& other);
  bool has_trees() const { return !forest_.is_empty(); }
  const Lessons& lessons() const { return lessons_; }  // all 0 without trees, but for what was found

  // Candidates in order, the best first; of equal ones the lower number.  By both orders.
  struct Ranked {
    std::uint32_t item = 0;
    float score = 0.0f;
    std::vector<float> features;
  };
  std::vector<Ranked> rank(const Moment& moment) const;
  // The same of given items, candidates or not; of equal ones the one given first.
  std::vector<Ranked> rank_these(const Moment& moment, std::span<const std::uint32_t> items) const;
  // Scores of given items, candidates or not, by the trees of the first order: what reasons are found by, since a
  // second reading for every item of the history left out would take far too long.
  std::vector<float> scores_of(const Moment& moment, std::span<const std::uint32_t> items) const;
  MomentCounts counts(const Moment& moment) const { return stage_->counts(moment); }
  const std::vector<std::string>& feature_names() const { return feature_names_; }

 private:
  struct LearningRule;
  // Every item by both orders.
  struct Judged {
    std::vector<float> scores;
    std::vector<float> features;  // (items, feature_names)
  };
  Judged judged_twice(const Moment& moment, std::span<const std::uint32_t> items, std::vector<float> features) const;
  std::vector<Ranked> in_order(const Moment& moment, std::span<const std::uint32_t> items,
                               std::vector<float> features) const;
  Status fit_stage(const FitData& data);
  Status learn_second(const FitData& data, std::span<const Question> questions, std::span<const LoggedList> lists,
                      const LearningRule& rule);
  RankingGroups second_groups_of(const FitData& data, std::span<const Question> questions) const;
  RankingGroups groups_of(const FitData& data, std::span<const Question> questions) const;
  // Of the lists that are enough to learn from; or none.
  RankingGroups given_groups(const FitData& data, std::size_t lists_min, std::vector<LoggedList>& lists);
  // To the offsets of the groups' rows, what the sources say of each.
  void add_plain_scores(RankingGroups& groups) const;
  std::size_t position_feature() const;
  std::vector<float> judged(std::span<const float> features) const;
  float plain_score(std::span<const float> row) const;

  Settings settings_;
  std::unique_ptr<StageOne> stage_;
  Forest forest_;
  SecondOrder second_;
  std::vector<std::string> feature_names_;
  Lessons lessons_;
};

// Null where the build has no XGBoost.
std::unique_ptr<Method> make_ranker(const Settings& settings, const Tools& tools);

}  // namespace yupu::recommend
