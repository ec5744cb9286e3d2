// JSON of bodies: members that are not set are not sent, and what is not there is left as it is.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace yupu::client {

using Json = nlohmann::json;

template <typename T>
void put(Json& json, const char* name, const T& value) {
  json[name] = value;
}
template <typename T>
void put(Json& json, const char* name, const std::optional<T>& value) {
  if (value) json[name] = *value;
}
// A member of several kinds: null means that it is not set.
inline void put(Json& json, const char* name, const Json& value) {
  if (!value.is_null()) json[name] = value;
}

template <typename T>
void take(const Json& json, const char* name, T& value) {
  const auto found = json.find(name);
  if (found != json.end() && !found->is_null()) found->get_to(value);
}
template <typename T>
void take(const Json& json, const char* name, std::optional<T>& value) {
  const auto found = json.find(name);
  if (found != json.end() && !found->is_null()) value = found->template get<T>();
}
inline void take(const Json& json, const char* name, Json& value) {
  const auto found = json.find(name);
  if (found != json.end()) value = *found;
}

}  // namespace yupu::client
