// Names in a text, as a model of entities finds them (tasks/tokens): what slots of kind "entity" are read with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "products/service/conversation/entity.h"
#include "tasks/tokens/tagger.h"

namespace yupu::products {

// Threads  one text at a time; others wait. On the thread that asks, as documents are searched.
class EntityModel {
 public:
  // Errors: Tagger::load's.
  static Result<std::shared_ptr<EntityModel>> load(const std::string& directory);
  // Without memory for it none is found, and the log says so: the slot is asked for.
  std::vector<Entity> read(const std::string& text);
  bool knows(std::string_view type) const;

 private:
  explicit EntityModel(std::unique_ptr<tasks::Tagger> tagger) : tagger_(std::move(tagger)) {}

  const std::unique_ptr<const tasks::Tagger> tagger_;
  Mutex mutex_;
  engine::ExecutionContext context_ YUPU_GUARDED_BY(mutex_){1};
};

}  // namespace yupu::products
