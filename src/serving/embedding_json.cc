#include "serving/embedding_json.h"

#include <bit>
#include <charconv>

#include "base/base64.h"
#include "base/check.h"

namespace yupu::serving {
namespace {

static_assert(std::endian::native == std::endian::little, "the bytes of a vector are sent as they lie");

// The double whose text is the float's.
double short_double(float value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  double out = 0;
  const auto read = std::from_chars(text, written.ptr, out);
  CHECK(written.ec == std::errc() && read.ec == std::errc(), "a float has a text");
  return out;
}

}  // namespace

OrderedJson embedding_json(std::span<const float> vector, bool base64) {
  if (base64) return base64_of({reinterpret_cast<const char*>(vector.data()), vector.size_bytes()});
  OrderedJson numbers = OrderedJson::array();
  for (const float value : vector) numbers.push_back(short_double(value));
  return numbers;
}

}  // namespace yupu::serving
