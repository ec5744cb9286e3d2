#include "strategy/toml_reader.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "base/file.h"

namespace yupu::strategy {
namespace {
constexpr std::size_t kFileBytesMax = 1 << 20;

std::string_view type_text(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}
}  // namespace

Result<toml::table> parse_toml(std::string_view text, const std::string& name) {
  if (text.size() > kFileBytesMax)
    return Status(Code::kTooLarge, fmt::format("{}: larger than {} bytes", name, kFileBytesMax));
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return invalid_argument(fmt::format("{}: line {}: {}", name, error.source().begin.line, error.description()));
  } catch (const std::exception& error) {  // toml++ may throw allocation and range errors of the standard library
    return invalid_argument(fmt::format("{}: unreadable TOML: {}", name, error.what()));
  }
}

Result<toml::table> parse_toml_file(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, kFileBytesMax));
  return parse_toml(text, path);
}

std::string TomlReader::dotted(std::string_view key) const {
  return prefix_.empty() ? std::string(key) : fmt::format("{}.{}", prefix_, key);
}

void TomlReader::fail(std::string_view key, const std::string& why) {
  if (!error_.ok()) return;
  const toml::node* node = table_.get(key);
  const auto line = node != nullptr ? node->source().begin.line : table_.source().begin.line;
  error_ = invalid_argument(fmt::format("{}: line {}: {}: {}", file_, std::max<unsigned>(line, 1), dotted(key), why),
                            dotted(key));
}

const toml::node* TomlReader::find(std::string_view key, bool required, std::string_view want) {
  known_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr && required && error_.ok()) missing_ = true;
  if (node == nullptr && required) fail(key, fmt::format("is missing; it must be {}", want));
  return node;
}

void TomlReader::text(std::string_view key, std::string& out, bool required) {
  const toml::node* node = find(key, required, "a string");
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  if (!value) return fail(key, fmt::format("must be a string, not {}", type_text(*node)));
  if (required && value->empty()) return fail(key, "must not be empty");
  out = *value;
}

void TomlReader::one_of(std::string_view key, std::string& out, std::initializer_list<std::string_view> choices) {
  std::string value = out;
  text(key, value);
  if (!error_.ok()) return;
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    return fail(key, fmt::format("must be one of {}, not \"{}\"", fmt::join(choices, ", "), value));
  }
  out = value;
}

void TomlReader::integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most) {
  const toml::node* node = find(key, false, "a whole number");
  if (node == nullptr) return;
  const auto value = node->value_exact<std::int64_t>();
  if (!value) return fail(key, fmt::format("must be a whole number, not {}", type_text(*node)));
  if (*value < least || *value > most)
    return fail(key, fmt::format("must be a whole number from {} to {}, not {}", least, most, *value));
  out = *value;
}

void TomlReader::number(std::string_view key, double& out, double least, double most) {
  const toml::node* node = find(key, false, "a number");
  if (node == nullptr) return;
  if (!node->is_number()) return fail(key, fmt::format("must be a number, not {}", type_text(*node)));
  const double value = node->value<double>().value_or(least - 1);
  if (!(value >= least && value <= most))
    return fail(key, fmt::format("must be a number from {} to {}, not {}", least, most, value));
  out = value;
}

void TomlReader::boolean(std::string_view key, bool& out) {
  const toml::node* node = find(key, false, "true or false");
  if (node == nullptr) return;
  const auto value = node->value_exact<bool>();
  if (!value) return fail(key, fmt::format("must be true or false, not {}", type_text(*node)));
  out = *value;
}

void TomlReader::texts(std::string_view key, std::vector<std::string>& out) {
  const toml::node* node = find(key, false, "an array of strings");
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr) return fail(key, fmt::format("must be an array of strings, not {}", type_text(*node)));
  std::vector<std::string> values;
  for (const toml::node& item : *array) {
    const auto value = item.value_exact<std::string>();
    if (!value) return fail(key, fmt::format("must hold only strings, not {}", type_text(item)));
    values.push_back(*value);
  }
  out = std::move(values);
}

void TomlReader::time(std::string_view key, std::string& out) {
  const toml::node* node = find(key, false, "a date or time");
  if (node == nullptr) return;
  if (node->is_date() || node->is_date_time()) {
    std::ostringstream written;
    node->visit([&written](const auto& value) {
      if constexpr (toml::is_date<decltype(value)> || toml::is_date_time<decltype(value)>) written << value.get();
    });
    out = written.str();
    return;
  }
  text(key, out);
}

const toml::table* TomlReader::table(std::string_view key, bool required) {
  const toml::node* node = find(key, required, "a table");
  if (node == nullptr) return nullptr;
  if (!node->is_table()) {
    fail(key, fmt::format("must be a table, not {}", type_text(*node)));
    return nullptr;
  }
  return node->as_table();
}

std::vector<const toml::table*> TomlReader::tables(std::string_view key, bool required) {
  std::vector<const toml::table*> found;
  const toml::node* node = find(key, required, fmt::format("one or more tables [[{}]]", dotted(key)));
  if (node == nullptr) return found;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    fail(key, fmt::format("must be an array of tables, written [[{}]]", dotted(key)));
    return found;
  }
  for (const toml::node& item : *array) {
    if (!item.is_table()) {
      fail(key, fmt::format("must hold only tables, not {}", type_text(item)));
      return {};
    }
    found.push_back(item.as_table());
  }
  return found;
}

// A missing key together with an unknown one is a misspelt key, and the misspelling is what the writer must see.
Status TomlReader::finish() {
  if (!error_.ok() && !missing_) return error_;
  for (const auto& [key, node] : table_) {
    if (known_.contains(key.str())) continue;
    std::string_view nearest;
    std::size_t distance = 4;
    for (const std::string& known : known_) {
      const std::size_t edits = edit_distance(key.str(), known);
      if (edits < distance) {
        distance = edits;
        nearest = known;
      }
    }
    const std::string advice = nearest.empty() ? fmt::format("known: {}", fmt::join(known_, ", "))
                                               : fmt::format("did you mean \"{}\"?", nearest);
    return invalid_argument(
        fmt::format("{}: line {}: unknown key '{}'; {}", file_, key.source().begin.line, dotted(key.str()), advice),
        dotted(key.str()));
  }
  return error_;
}

}  // namespace yupu::strategy
