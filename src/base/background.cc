#include "base/background.h"

#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

namespace yupu {
namespace {
constexpr int kLowest = 19;  // of the priorities of a thread: on Linux a priority is a thread's
}

void lower_thread_priority(std::string_view event) {
  if (::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLowest) != 0) log::warn(event);
}

}  // namespace yupu
