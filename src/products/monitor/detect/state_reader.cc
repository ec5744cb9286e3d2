#include "products/monitor/detect/state_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yupu::monitor {

Status StateReader::wrong(std::string_view key, std::string_view why) const {
  const std::string path = path_of(key);
  return invalid_argument(fmt::format("state: {}: {}", path, why), path);
}

Status StateReader::only(std::initializer_list<std::string_view> known) const {
  if (!object_.is_object()) return invalid_argument(fmt::format("state: {}: must be an object", path_), path_);
  for (const auto& [key, value] : object_.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) return wrong(key, "not a member of this state");
  }
  for (const std::string_view key : known) {
    if (!object_.contains(key)) return wrong(key, "missing");
  }
  return ok_status();
}

Result<const Json*> StateReader::member(std::string_view key) const {
  if (!object_.is_object()) return wrong(key, "its parent is not an object");
  const auto it = object_.find(key);
  if (it == object_.end()) return wrong(key, "missing");
  return &*it;
}

Result<std::int64_t> StateReader::integer(std::string_view key, std::int64_t low, std::int64_t high) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_number_integer() ||
      (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)))
    return wrong(key, "must be a whole number");
  const auto number = value->get<std::int64_t>();
  if (number < low || number > high) return wrong(key, fmt::format("{} is not in [{}, {}]", number, low, high));
  return number;
}

Result<std::uint64_t> StateReader::unsigned_integer(std::string_view key) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_number_unsigned()) return wrong(key, "must be a whole number, 0 or more");
  return value->get<std::uint64_t>();
}

Result<double> StateReader::number(std::string_view key) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_number() || !std::isfinite(value->get<double>())) return wrong(key, "must be a finite number");
  return value->get<double>();
}

Result<bool> StateReader::boolean(std::string_view key) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_boolean()) return wrong(key, "must be true or false");
  return value->get<bool>();
}

Result<std::string> StateReader::string(std::string_view key) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_string()) return wrong(key, "must be a string");
  return value->get<std::string>();
}

Result<std::vector<std::uint64_t>> StateReader::unsigned_list(std::string_view key) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_array()) return wrong(key, "must be a list");
  std::vector<std::uint64_t> list;
  list.reserve(value->size());
  for (const Json& item : *value) {
    if (!item.is_number_unsigned()) return wrong(key, "must hold whole numbers, 0 or more");
    list.push_back(item.get<std::uint64_t>());
  }
  return list;
}

Result<std::vector<std::vector<std::int64_t>>> StateReader::rows(std::string_view key, std::size_t width) const {
  YUPU_ASSIGN_OR_RETURN(const Json* value, member(key));
  if (!value->is_array()) return wrong(key, "must be a list");
  std::vector<std::vector<std::int64_t>> rows;
  rows.reserve(value->size());
  for (const Json& item : *value) {
    if (!item.is_array() || item.size() != width) return wrong(key, fmt::format("must hold rows of {}", width));
    std::vector<std::int64_t> row;
    for (const Json& number : item) {
      if (!number.is_number_integer() || (number.is_number_unsigned() && number.get<std::uint64_t>() > INT64_MAX))
        return wrong(key, "must hold whole numbers");
      row.push_back(number.get<std::int64_t>());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace yupu::monitor
