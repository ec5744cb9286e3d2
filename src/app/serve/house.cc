#include "app/serve/house.h"

#include "base/file.h"

namespace yupu::app {

std::function<Result<handoff::Caller>()> House::caller_of(const std::string& tenant) const {
  return [&door = commerce, path = options.workdir + "/secrets/keys/" + tenant]() -> Result<handoff::Caller> {
    YUPU_ASSIGN_OR_RETURN(std::string key, read_file(path, 256));
    while (!key.empty() && key.back() == '\n') key.pop_back();
    return door.authenticate(key);
  };
}

}  // namespace yupu::app
