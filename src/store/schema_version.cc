#include "store/schema_version.h"

#include <string>

namespace yupu::store {

Status check_applied(const std::vector<Row>& applied, std::span<const Migration> steps) {
  for (const Row& row : applied) {
    const auto version = static_cast<std::size_t>(row.integer(0));
    if (version > steps.size()) {
      return conflict("the store has schema version " + std::to_string(applied.back().integer(0)) + " ('" +
                      applied.back().text(1) + "'), this yupu knows up to " + std::to_string(steps.size()) +
                      ": use the newer yupu that wrote it, or restore an older backup");
    }
    const Migration& step = steps[version - 1];
    if (row.text(2) != step.sha256) {
      return conflict(
          "migration " + std::string(step.name) +
          " was edited after this store applied it: use the yupu that wrote the store, or start a new store");
    }
  }
  return ok_status();
}

bool is_up_to_date(const Result<std::vector<Row>>& applied, std::span<const Migration> steps) {
  return applied.ok() && applied->size() == steps.size() && check_applied(*applied, steps).ok();
}

std::vector<Value> version_row(const Migration& step) {
  return {std::int64_t{step.version}, std::string(step.name), std::string(step.sha256)};
}

}  // namespace yupu::store
