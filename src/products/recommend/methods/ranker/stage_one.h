// The first stage: a few hundred candidates of several methods, and what the ranker reads of each.
//   candidates  the first kFromEach of every source and of the last week's most touched, the kFresh newest; none that
//               the user has touched or that is not there yet
//   features    of each source its score and that over its largest score at the moment; counts (moment_counts.h) as
//               ln(1 + n); ln(1 + age in days); tag match; ln(1 + events of the user); position in the list, which is 0
//               wherever a list is made: lists that were shown are learned from with it (Guo et al. 2019, RecSys'19,
//               "PAL"; logged_lists.h); session, price and author (user_features.h), which may be absent (NaN)
// Nothing at or after the moment is read, by any feature; the shop's counts are those of the minute's beginning, in
// training as in serving, so that all lists of a minute share them.
// Sources   item-knn; ease up to kEaseServedMax items, since it takes the cube of them to fit; next; words without a
// sentence encoder, else text; the tower where one is given.  Above
//           kIndexFrom items the tower answers from its index, over 1 instead of over its largest score, and stands
//           for words and text too, which would read every item's every word; counts are the hour's then.
// Threads   as methods.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "products/recommend/methods/methods.h"
#include "products/recommend/methods/ranker/moment_counts.h"
#include "products/recommend/methods/ranker/user_features.h"

namespace yupu::recommend {

inline constexpr std::size_t kFromEach = 80;
inline constexpr std::size_t kFresh = 40;
inline constexpr std::size_t kEaseServedMax = 8'000;

// Candidates at a moment, ascending, and their rows.
struct Pool {
  std::vector<std::uint32_t> items;
  std::vector<float> features;  // (items, width)
};

class StageOne {
 public:
  // Settings  lambda: of ease.  `tools` must outlive it, with what it lends.
  StageOne(const Settings& settings, const Tools& tools);
  // A source that cannot hold so many items is left out.
  Status fit(const FitData& data);

  std::size_t width() const { return feature_names_.size(); }
  MomentCounts counts(const Moment& moment) const { return {moment, tools_, weights_, counts_at(moment)}; }
  std::size_t source_count() const { return sources_.size(); }
  const std::vector<std::string>& feature_names() const { return feature_names_; }
  // Scores of every source at a moment, and the counts; what candidates and features are made of.
  class Sight {
   public:
    Sight(const StageOne& stage, const Moment& moment);
    Pool pool() const;
    std::vector<float> features_of(std::span<const std::uint32_t> items) const;
    const MomentCounts& counts() const { return counts_; }
    // How the first source orders an item, in (0, 1): for what is no candidate.
    float last_resort(std::uint32_t item) const;

   private:
    // What a source says: scores of every item, or a glance.
    struct Said {
      std::vector<float> scores = {};
      std::unique_ptr<Glance> glance = nullptr;
      float largest = 0.0f;
      float score(std::uint32_t item) const { return glance != nullptr ? glance->score(item) : scores[item]; }
    };
    std::vector<std::uint8_t> open_items() const;
    void add_row(std::uint32_t item, std::vector<float>& features) const;

    const StageOne& stage_;
    const Moment& moment_;
    MomentCounts counts_;
    UserFeatures user_;
    std::vector<Said> said_;  // by source
  };

 private:
  struct Source {
    std::string name;
    std::unique_ptr<Method> method;
  };
  void name_features();
  std::shared_ptr<const ItemCounts> counts_at(const Moment& moment) const;

  const Tools& tools_;
  std::vector<Source> sources_;
  std::vector<std::string> feature_names_;
  tasks::KindWeights weights_;
  tasks::BehaviourKind relevant_ = tasks::BehaviourKind::kClick;

  // The last counts of the shop, and of which log and minute.
  struct Counted {
    std::uint64_t mark = 0;
    std::int64_t time_ns = -1;
    std::shared_ptr<const ItemCounts> counts;
  };
  mutable Mutex mutex_;
  mutable Counted counted_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::recommend
