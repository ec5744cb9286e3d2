// Work that nobody waits for at the cost of those who are being answered.
#pragma once

#include <string_view>

namespace yupu {

// From now on the calling thread gets the processor when others leave it. `event` names in the log what could not be
// lowered; it then runs as it was.
void lower_thread_priority(std::string_view event);

}  // namespace yupu
