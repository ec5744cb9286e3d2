// For tests only: a folder of the test's own, gone afterwards; and the project's data, where it is present.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/ids.h"

namespace yupu::testing {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / random_id("yupu")).string()) {
    std::filesystem::create_directories(path_);
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace yupu::testing

// The project's root, for golden files and examples: YUPU_SOURCE_DIR is set for every test file that reads it
// (cmake/module.cmake).
#define YUPU_TESTDATA(relative) (std::string(YUPU_SOURCE_DIR) + "/" + (relative))
