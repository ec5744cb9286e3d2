// Secrets that people give: in a file only its owner reads, or in the environment; never in a file that is shown
// around.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"

namespace yupu {

inline constexpr std::size_t kSecretBytesMax = 4096;

// The file's content without the line's end. kPermissionDenied: others may read the file; kInvalidArgument: shorter
// than `bytes_min`.
Result<std::string> read_secret_file(const std::string& path, std::size_t bytes_min = 1);

// kNotFound: no such variable, or it is empty.
Result<std::string> read_secret_variable(const std::string& name);

}  // namespace yupu
