#include "handoff/people.h"

#include <fmt/format.h>

namespace yupu::handoff {

Status check_manager(const Person& person) {
  if (person.is_manager) return {};
  return Status(Code::kPermissionDenied,
                fmt::format("{} is no manager; `yupu agents add NAME --manager` makes one", person.name));
}

}  // namespace yupu::handoff
