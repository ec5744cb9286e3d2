// For tests only: loss and norm of the gradient of a run's first update.
#pragma once

#include "training/run_observer.h"

namespace yupu::training::testing {

class FirstUpdate final : public RunObserver {
 public:
  void run_started(const RunStart&) override {}
  void figures(std::int64_t step, std::span<const Figure> figures) override {
    for (const Figure& figure : figures) {
      if (step == 1 && figure.name == "train/grad_norm") norm = figure.value;
      if (step == 1 && figure.name == "train/loss") loss = figure.value;
    }
  }
  void run_ended(const RunEnd&) override {}
  double norm = 0.0, loss = 0.0;
};

}  // namespace yupu::training::testing
