// For tests only: a training run whose process is killed.
#pragma once

#include <csignal>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "handoff/progress.h"
#include "training/training.h"

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

// The same at each of these updates of one run, which goes on every time; killed, it has made no model.
template <class Train>
void die_at_each(const std::vector<std::int64_t>& steps, TrainOptions& options, const Train& train) {
  for (const std::int64_t kill_at : steps) {
    train_and_die(kill_at, options.after_step, train);
    EXPECT_FALSE(file_exists(options.out + "/yupu.json"));
  }
}

}  // namespace yupu::training::testing
