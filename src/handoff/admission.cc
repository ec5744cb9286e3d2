#include "handoff/admission.h"

#include <algorithm>

namespace yupu::handoff {
bool Caller::may(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}
}  // namespace yupu::handoff
