#include "base/json.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace yupu {
namespace {

// Builds the value while refusing what nlohmann::json lets pass: duplicate keys and unbounded depth.
class StrictSax : public nlohmann::json_sax<Json> {
 public:
  explicit StrictSax(int depth_max) : depth_max_(depth_max) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return fail("binary value"); }
  bool start_object(std::size_t) override { return push(Json::object()); }
  bool end_object() override { return pop(); }
  bool start_array(std::size_t) override { return push(Json::array()); }
  bool end_array() override { return pop(); }
  bool key(string_t& name) override {
    Frame& frame = stack_.back();
    if (frame.value.contains(name)) return fail(fmt::format("key \"{}\" twice", name));
    frame.key = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // nlohmann's text reads "[json.exception.parse_error.101] parse error at line 1, column 2: ..."; keep the part that
    // says what.
    const std::string_view text = error.what();
    const std::size_t colon = text.find(": ");
    error_ = fmt::format("byte {}: {}", position, colon == std::string_view::npos ? text : text.substr(colon + 2));
    return false;
  }

  const std::string& error() const { return error_; }
  Json take() { return std::move(root_); }

 private:
  struct Frame {
    Json value;
    std::string key;
  };

  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }
  bool put(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& frame = stack_.back();
    if (frame.value.is_array()) {
      frame.value.push_back(std::move(value));
    } else {
      frame.value.emplace(frame.key, std::move(value));
    }
    return true;
  }
  bool push(Json value) {
    if (static_cast<int>(stack_.size()) >= depth_max_)
      return fail(fmt::format("nested deeper than {} levels", depth_max_));
    stack_.push_back({std::move(value), {}});
    return true;
  }
  bool pop() {
    Json value = std::move(stack_.back().value);
    stack_.pop_back();
    return put(std::move(value));
  }

  int depth_max_;
  Json root_;
  std::vector<Frame> stack_;
  std::string error_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return Status(Code::kTooLarge,
                  fmt::format("{} bytes of JSON, at most {} are taken", text.size(), limits.bytes_max));
  }
  StrictSax sax(limits.depth_max);
  if (!Json::sax_parse(text.begin(), text.end(), &sax)) {
    return invalid_argument("not valid JSON: " + (sax.error().empty() ? std::string("unreadable") : sax.error()));
  }
  return sax.take();
}

std::string to_text(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

namespace {
Status missing(std::string_view key, std::string_view where) {
  return invalid_argument(fmt::format("{}: '{}' is missing", where, key), std::string(key));
}
Status wrong(std::string_view key, std::string_view where, std::string_view want, const Json& got) {
  return invalid_argument(fmt::format("{}: '{}' must be {}, not {}", where, key, want, got.type_name()),
                          std::string(key));
}
}  // namespace

Result<std::string> json_string(const Json& object, std::string_view key, std::string_view where) {
  const auto it = object.find(key);
  if (it == object.end()) return missing(key, where);
  if (!it->is_string()) return wrong(key, where, "a string", *it);
  return it->get<std::string>();
}

Result<std::int64_t> json_int(const Json& object, std::string_view key, std::string_view where) {
  const auto it = object.find(key);
  if (it == object.end()) return missing(key, where);
  if (!it->is_number_integer()) return wrong(key, where, "a whole number", *it);
  if (it->is_number_unsigned() && it->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return invalid_argument(fmt::format("{}: '{}' is too large", where, key), std::string(key));
  }
  return it->get<std::int64_t>();
}

Result<double> json_number(const Json& object, std::string_view key, std::string_view where) {
  const auto it = object.find(key);
  if (it == object.end()) return missing(key, where);
  if (!it->is_number()) return wrong(key, where, "a number", *it);
  return it->get<double>();
}

Status json_known_keys(const Json& object, std::initializer_list<std::string_view> known, std::string_view where) {
  if (!object.is_object()) return invalid_argument(fmt::format("{}: must be a JSON object", where));
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return invalid_argument(fmt::format("{}: unknown field '{}' (known: {})", where, key, fmt::join(known, ", ")),
                              key);
    }
  }
  return ok_status();
}

}  // namespace yupu
