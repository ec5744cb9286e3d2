// Where the time of a step goes, by kind of work, for benches.  An ExecutionContext without a Profile (the product's)
// pays one comparison for each op.
//   Profile profile(context.team().size() == 1);
//   context.set_profile(&profile);   ... run ...   profile.rows()
// A scope inside another counts for itself alone: the rows add up to the time inside scopes.
// Threads: the owner of the context alone.
#pragma once

#include <string_view>
#include <vector>

#include "engine/execution_context.h"

namespace yupu::engine {

struct ProfileRow {
  std::string_view kind;  // a literal
  double seconds = 0;
  double flops = 0;
};

class Profile {
 public:
  // `processor_time`: the clock of the process, for one thread on a busy machine; otherwise wall time.
  explicit Profile(bool processor_time) : processor_time_(processor_time) {}

  const std::vector<ProfileRow>& rows() const { return rows_; }  // in order of first use
  void clear() { rows_.clear(); }
  double now_s() const;

 private:
  friend class ProfileScope;
  void enter();
  void leave(std::string_view kind, double flops);

  struct Open {
    double begin, inside;  // inside: time of the scopes within
  };
  bool processor_time_;
  std::vector<ProfileRow> rows_;
  std::vector<Open> open_;
};

class ProfileScope {
 public:
  ProfileScope(ExecutionContext& context, std::string_view kind, double flops = 0)
      : profile_(context.profile()), kind_(kind), flops_(flops) {
    if (profile_ != nullptr) profile_->enter();
  }
  ~ProfileScope() {
    if (profile_ != nullptr) profile_->leave(kind_, flops_);
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  Profile* profile_;
  std::string_view kind_;
  double flops_;
};

}  // namespace yupu::engine
