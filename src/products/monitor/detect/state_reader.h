// Strict reading of a stored state: every error names the member by its whole path ("topics[2].series.buckets").
// Threads: pure; keeps a reference to the JSON it was made of.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::monitor {

class StateReader {
 public:
  // `path` is where `object` stands in the document.
  StateReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  Status only(std::initializer_list<std::string_view> known) const;  // an object with these members and no other
  Result<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high) const;
  Result<std::uint64_t> unsigned_integer(std::string_view key) const;
  Result<double> number(std::string_view key) const;
  Result<bool> boolean(std::string_view key) const;
  Result<std::string> string(std::string_view key) const;
  Result<const Json*> member(std::string_view key) const;
  Result<std::vector<std::uint64_t>> unsigned_list(std::string_view key) const;
  // An array of arrays of `width` whole numbers.
  Result<std::vector<std::vector<std::int64_t>>> rows(std::string_view key, std::size_t width) const;
  std::string path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }
  Status wrong(std::string_view key, std::string_view why) const;

 private:
  const Json& object_;
  std::string path_;
};

}  // namespace yupu::monitor
