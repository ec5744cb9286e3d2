#include "promotion/content/facts.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"

namespace yupu::promotion {
namespace {

constexpr std::size_t kShortLength = 16;
constexpr std::array<std::pair<Format, std::string_view>, 9> kFormats = {{{Format::kText, "text"},
                                                                          {Format::kShort, "short"},
                                                                          {Format::kInteger, "integer"},
                                                                          {Format::kPercent, "percent"},
                                                                          {Format::kFixed, "fixed"},
                                                                          {Format::kTenths, "tenths"},
                                                                          {Format::kDate, "date"},
                                                                          {Format::kCount, "count"},
                                                                          {Format::kKey, "key"}}};

std::string plain_text(const Json& value) { return value.is_string() ? value.get<std::string>() : to_text(value); }

// A prefix that does not cut a UTF-8 character.
std::string shortened(const std::string& text) {
  if (text.size() <= kShortLength) return text;
  std::size_t end = kShortLength;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string last_step(std::string_view place) {
  std::string step(place.substr(place.rfind('/') + 1));
  for (const auto& [escaped, plain] : {std::pair<std::string_view, char>{"~1", '/'}, {"~0", '~'}}) {
    for (std::size_t at = step.find(escaped); at != std::string::npos; at = step.find(escaped, at + 1)) {
      step.replace(at, escaped.size(), 1, plain);
    }
  }
  return step;
}

Result<std::string> written(const Json& value, std::string_view place, Format format) {
  const bool scalar = !value.is_structured() && !value.is_null();
  switch (format) {
    case Format::kText:
      if (scalar) return plain_text(value);
      break;
    case Format::kShort:
      if (scalar) return shortened(plain_text(value));
      break;
    case Format::kInteger:
      if (value.is_number_integer()) return plain_text(value);
      if (value.is_number()) return fmt::format("{:.0f}", value.get<double>());
      break;
    case Format::kPercent:
      if (value.is_number()) return fmt::format("{:.1f}%", 100.0 * value.get<double>());
      break;
    case Format::kFixed:
      if (value.is_number()) return fmt::format("{:.3f}", value.get<double>());
      break;
    case Format::kTenths:
      if (value.is_number()) return fmt::format("{:.1f}", value.get<double>());
      break;
    case Format::kDate:
      if (value.is_number_integer()) {
        std::string date = format_utc(value.get<std::int64_t>()).substr(0, 16);
        date[10] = ' ';
        return date;
      }
      break;
    case Format::kCount:
      if (value.is_structured()) return fmt::format("{}", value.size());
      break;
    case Format::kKey:
      return last_step(place);
  }
  return invalid_argument(
      fmt::format("{}: a value of type {} cannot be written as {}", place, value.type_name(), format_name(format)));
}

}  // namespace

std::string_view format_name(Format format) {
  for (const auto& [known, name] : kFormats) {
    if (known == format) return name;
  }
  return "text";
}

std::string pointer(std::initializer_list<std::string_view> steps) {
  std::string out;
  for (const std::string_view step : steps) {
    out += '/';
    for (const char c : step) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
  }
  return out;
}

void Facts::add(const handoff::Record& record) {
  records_[record.id] = {{"id", record.id},           {"kind", record.kind}, {"name", record.name},
                         {"parents", record.parents}, {"body", record.body}, {"created_ns", record.created_ns}};
}

const Json* Facts::find(std::string_view record_id, std::string_view place) const {
  const auto record = records_.find(record_id);
  if (record == records_.end()) return nullptr;
  try {
    const Json::json_pointer where{std::string(place)};
    return record->second.contains(where) ? &record->second.at(where) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;  // not a pointer, or an array index that is none
  }
}

std::optional<double> Facts::number(std::string_view record_id, std::string_view place) const {
  const Json* value = find(record_id, place);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::string Facts::bound(std::string_view element, std::string_view record_id, std::string_view place,
                         Format format) const {
  const std::string fact = fmt::format("{}:{}", record_id, place);
  const Result<std::string> text = say(fact, format_name(format));
  if (!text.ok()) return "–";
  const Json* value = find(record_id, place);
  const std::string raw = value->is_structured() || format == Format::kKey ? text.value() : plain_text(*value);
  return fmt::format(R"(<{0} {1}="{2}" data-fact="{3}" data-format="{4}">{5}</{0}>)", element,
                     element == "data" ? "value" : "data-value", escape_html(raw), escape_html(fact),
                     format_name(format), escape_html(text.value()));
}

std::string Facts::html(std::string_view record_id, std::string_view place, Format format) const {
  return bound("data", record_id, place, format);
}

std::string Facts::svg(std::string_view record_id, std::string_view place, Format format) const {
  return bound("tspan", record_id, place, format);
}

Result<std::string> Facts::say(std::string_view fact, std::string_view format) const {
  const std::size_t colon = fact.find(':');
  const Json* value = colon == std::string_view::npos ? nullptr : find(fact.substr(0, colon), fact.substr(colon + 1));
  if (value == nullptr) return not_found(fmt::format("no record says '{}'", fact));
  for (const auto& [known, name] : kFormats) {
    if (name == format) return written(*value, fact.substr(colon + 1), known);
  }
  return not_found(fmt::format("unknown format '{}' of '{}'", format, fact));
}

}  // namespace yupu::promotion
