// Texts to learn to write from: whole ones, or an answer to a prompt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace yupu::tasks {

struct Passage {
  std::string prompt = {};  // given, not learned; empty: none
  std::string text = {};    // learned
  std::int64_t line = 0;    // in the file; 1 is the first
};

struct PassageSet {
  std::string path;
  bool prompted = false;  // every passage answers a prompt
  std::vector<Passage> rows;
};

// Over texts and prompts, in order.
std::string rows_sha256(const PassageSet& set);

}  // namespace yupu::tasks
