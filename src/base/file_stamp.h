// Whether a file is still the one that was read.
#pragma once

#include <string>

namespace yupu {

// Changes whenever the file is written or replaced (device, inode, size, time of writing); empty when it is absent.
std::string file_stamp(const std::string& path);

}  // namespace yupu
