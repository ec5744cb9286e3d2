// For tests only: a training run whose process is killed.
#pragma once

#include <csignal>
#include <cstdint>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/progress.h"

namespace yupu::training::testing {

// `train(progress)` in a child process that kills itself with SIGKILL after `kill_at` updates.  `after_step`: the
// member of the options that `train` reads.
template <class AfterStep, class Train>
void train_and_die(std::int64_t kill_at, AfterStep& after_step, const Train& train) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    after_step = [kill_at](std::int64_t step) {
      if (step == kill_at) ::kill(::getpid(), SIGKILL);
    };
    handoff::SilentProgress progress;
    (void)train(progress);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

}  // namespace yupu::training::testing
