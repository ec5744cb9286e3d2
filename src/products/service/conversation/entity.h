// Names in a text, however they are found (entity_model.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "products/service/conversation/pattern.h"

namespace yupu::products {

struct Entity {
  std::string type;  // "PER"
  Span span = {};
  double score = 0;
};
// Those of a text, in their order. Any number of threads may call it.
using EntityReader = std::function<std::vector<Entity>(const std::string& text)>;

}  // namespace yupu::products
