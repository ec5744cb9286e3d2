// Facts: numbers that know where they come from.  A page may only say a number that stands in a record of the loop;
// here a number is asked for by record and place (RFC 6901 pointer) and comes back as markup that carries both:
//
//   <data value="0.8731" data-fact="run_3f..:/body/report/accuracy" data-format="percent">87.3%</data>
//
// so anybody can look it up again, and check_page (page_check.h) does.
// A record is seen as {"id", "kind", "name", "parents", "created_ns", "body"}.
// Threads: one owner while records are added; then constant.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"
#include "page/html.h"

namespace yupu::promotion {

// How a value is written; the name stands in data-format.
enum class Format : std::uint8_t {
  kText,     // "text"     a string as it is, another scalar as JSON writes it
  kShort,    // "short"    the first 16 characters of a text: content ids and hashes
  kInteger,  // "integer"
  kPercent,  // "percent"  0.8731 -> 87.3%
  kFixed,    // "fixed"    three digits after the point
  kTenths,   // "tenths"   one digit after the point
  kDate,     // "date"     UTC ns -> 2026-11-24 03:38
  kCount,    // "count"    how many members or elements the value has
  kKey,      // "key"      the value's own name: the last step of the pointer
};
std::string_view format_name(Format format);

using page::escape_html;

// Joins escaped steps: pointer({"body", "report", "labels", "a/b"}) = "/body/report/labels/a~1b".
std::string pointer(std::initializer_list<std::string_view> steps);

class Facts {
 public:
  void add(const handoff::Record& record);

  // Null when the record or the place is unknown.
  const Json* find(std::string_view record_id, std::string_view place) const;
  std::optional<double> number(std::string_view record_id, std::string_view place) const;
  bool has(std::string_view record_id, std::string_view place) const { return find(record_id, place) != nullptr; }

  // The bound markup, for HTML and for inside an SVG <text>; an en dash when there is nothing to say.
  std::string html(std::string_view record_id, std::string_view place, Format format) const;
  std::string svg(std::string_view record_id, std::string_view place, Format format) const;

  // What a bound element has to say: `fact` as in data-fact, `format` as in data-format. Errors: kNotFound (unknown
  // record, place or format), kInvalidArgument (the value cannot be written that way).
  Result<std::string> say(std::string_view fact, std::string_view format) const;

 private:
  std::string bound(std::string_view element, std::string_view record_id, std::string_view place, Format format) const;
  std::map<std::string, Json, std::less<>> records_;
};

}  // namespace yupu::promotion
