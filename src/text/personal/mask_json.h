// Masks what a JSON value says: its strings, at any depth; keys stay.  `mask`: std::string(std::string_view).
// `integers`: numbers too, which become strings where there is something to mask: {"phone": 13812345678}.
// Depth  as deep as the value, which a parser has bounded.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace yupu::text {

template <class J, class Mask>
void mask_json(J& json, const Mask& mask, bool integers) {
  if (json.is_string()) {
    json = mask(std::string_view(json.template get_ref<const std::string&>()));
  } else if (json.is_structured()) {
    for (auto& member : json) mask_json(member, mask, integers);
  } else if (integers && json.is_number_integer()) {
    const std::string digits = json.dump();
    std::string masked = mask(std::string_view(digits));
    if (masked != digits) json = std::move(masked);
  }
}

}  // namespace yupu::text
