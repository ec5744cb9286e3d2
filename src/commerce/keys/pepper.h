// The pepper: a secret outside the database that keys' stored hashes depend on, so that a copy of the database holds no
// usable key and cannot be searched for one.
#pragma once

#include <string>

#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

struct Pepper {
  std::string bytes;  // 64 hex digits of 256 random bits, used as they stand
};

// Reads WORKDIR/secrets/pepper, or makes it (folder 0700, file 0600) where there is none and the store has no keys yet.
// Errors: kPermissionDenied (others may read the file), kConflict (another pepper than the store's keys were made with,
// or the file is lost), kInvalidArgument (not a pepper).
Result<Pepper> open_pepper(store::Store& store, const std::string& path);

}  // namespace yupu::commerce
