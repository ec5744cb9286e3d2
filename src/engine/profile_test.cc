#include "engine/profile.h"

#include <gtest/gtest.h>

namespace yupu::engine {
namespace {

void spend(const Profile& clock, double seconds) {
  const double begin = clock.now_s();
  while (clock.now_s() - begin < seconds) {
  }
}

TEST(Profile, AScopeInsideAnotherCountsForItselfAlone) {
  ExecutionContext context(1);
  Profile profile(true);
  context.set_profile(&profile);
  for (int i = 0; i < 2; ++i) {
    const ProfileScope outer(context, "outer", 1);
    const ProfileScope inner(context, "inner", 10);
    spend(profile, 2e-3);
  }
  context.set_profile(nullptr);
  { const ProfileScope unseen(context, "unseen"); }
  ASSERT_EQ(profile.rows().size(), 2u);
  EXPECT_EQ(profile.rows()[0].kind, "inner");
  EXPECT_GE(profile.rows()[0].seconds, 4e-3);
  EXPECT_LT(profile.rows()[1].seconds, 2e-3);
  EXPECT_EQ(profile.rows()[0].flops, 20);
  EXPECT_EQ(profile.rows()[1].flops, 2);
}

}  // namespace
}  // namespace yupu::engine
