// The files of `yupu recommend`, and what it keeps in the store.
#pragma once

#include <string>
#include <vector>

#include "app/tenant_place.h"
#include "products/recommend/collection.h"
#include "products/recommend/evaluate/time_split.h"
#include "products/recommend/mind.h"

namespace yupu::app {

// --items FILE and --events FILE: JSON lines, CSV or TSV (products/recommend/records.h).  --mind DIR, repeatable:
// folders of the MIND layout (products/recommend/mind.h).
struct RecommendFiles {
  std::string items = {}, events = {};
  std::vector<std::string> mind = {};
  bool none() const { return items.empty() && events.empty() && mind.empty(); }
};
RecommendFiles read_recommend_files(Arguments& arguments);

struct FilesImported {
  recommend::Imported items, events;
};
// Both are read before a row is kept.  Outcomes  "FILE: line N: field 'NAME': ..."; those of the store.
Result<FilesImported> import_files(const RecommendFiles& files, store::Store& store, const Clock& clock,
                                   const std::string& tenant_id);

// Of the files, as if they were imported into an empty store; without any, what the tenant has in the store.
// `lists`: where what the folders of --mind say of lists that were shown goes; or null.
Result<recommend::Collection> open_collection(const RecommendFiles& files, const TenantFlags& flags,
                                              std::vector<recommend::MarkedList>* lists = nullptr);

// --impressions FILE: JSON lines of what users were shown; an empty path: none.
Result<std::vector<tasks::ShownList>> read_shown(const std::string& path, const recommend::Collection& collection);

// How behaviour is read: --test-share X or --split-time TIME, --valid-share X, --relevant KIND, --weight KIND=X.
struct BehaviourFlags {
  double test_share = 0.1, valid_share = 0.1;
  std::string split_time, relevant;
  std::vector<std::string> weights;
};
BehaviourFlags read_behaviour_flags(Arguments& arguments);
struct BehaviourRule {
  recommend::SplitRule split;
  tasks::BehaviourKind relevant = tasks::BehaviourKind::kClick;
  tasks::KindWeights weights;
};
// Outcomes  kInvalidArgument, the field the flag.
Result<BehaviourRule> check(const BehaviourFlags& flags);

// What training reads must be named: --items and --events, or --mind.
Status check_training_files(const RecommendFiles& files);
// Without a test where --test-share is 0: all behaviour is learned from.
recommend::SplitRule training_split(const recommend::SplitRule& rule, const recommend::Collection& collection);

// `yupu recommend train`: in train_recommend.cc; with --type cross-encoder in train_cross.cc.
Status train_recommend(Arguments& arguments);
Status train_cross_encoder(Arguments& arguments);

}  // namespace yupu::app
