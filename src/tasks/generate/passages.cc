#include "tasks/generate/passages.h"

#include "base/hash.h"

namespace yupu::tasks {

std::string rows_sha256(const PassageSet& set) {
  Sha256 hash;
  hash.field(set.prompted ? "prompted" : "");
  for (const Passage& row : set.rows) hash.field(row.prompt).field(row.text);
  return hash.finish_hex();
}

}  // namespace yupu::tasks
