#include "base/check.h"
#include "store/store.h"

namespace yupu::store {
namespace {

const Value& cell(const std::vector<Value>& values, std::size_t column) {
  CHECK(column < values.size(), "column " + std::to_string(column) + " of a row of " + std::to_string(values.size()));
  return values[column];
}

template <class T>
const T& cell_as(const std::vector<Value>& values, std::size_t column, const char* type) {
  const T* value = std::get_if<T>(&cell(values, column));
  CHECK(value != nullptr, "column " + std::to_string(column) + " is not " + type);
  return *value;
}

}  // namespace

bool Row::is_null(std::size_t column) const { return std::holds_alternative<std::nullptr_t>(cell(values_, column)); }

std::int64_t Row::integer(std::size_t column) const { return cell_as<std::int64_t>(values_, column, "an integer"); }

double Row::real(std::size_t column) const {
  if (const auto* whole = std::get_if<std::int64_t>(&cell(values_, column))) return static_cast<double>(*whole);
  return cell_as<double>(values_, column, "a real");
}

const std::string& Row::text(std::size_t column) const { return cell_as<std::string>(values_, column, "a text"); }

}  // namespace yupu::store
