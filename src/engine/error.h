// The one exception of the engine: memory or device exhausted inside maths (house rule: errors of the third kind).
// Caught in two places only, the training step and the serving worker, and turned into kResourceExhausted there.
#pragma once

#include <stdexcept>
#include <string>

namespace yupu::engine {

class EngineError : public std::runtime_error {
 public:
  explicit EngineError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace yupu::engine
