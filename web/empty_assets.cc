// The table without pages, for builds with YUPU_WEB=OFF (sanitizers, fuzzing: no node needed).
#include "web/assets.h"

namespace yupu::web {

std::span<const Asset> assets() { return {}; }

}  // namespace yupu::web
