// Work that is either worth a team or too little for one: a product of few rows is done by its caller before the
// team's other threads are up.
// Threads: as ThreadTeam::parallel_for.
#pragma once

#include <cstdint>

#include "engine/device/cpu/thread_team.h"

namespace yupu::engine {

// work(begin, end, thread) over [0, count): in one piece by the calling thread where `alone`, else shared by the team.
template <typename Work>
void share_out(ThreadTeam& team, bool alone, std::int64_t count, const Work& work) {
  alone ? work(0, count, 0) : team.parallel_for(count, 1, work);
}

}  // namespace yupu::engine
