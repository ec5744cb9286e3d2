#include "data/acquire/files/lists.h"

#include <algorithm>

namespace yupu::data {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1));
}

std::vector<std::string> split_list(std::string_view cell, std::string_view separator) {
  std::vector<std::string> parts;
  if (trimmed(cell).empty()) return parts;
  for (std::size_t begin = 0; begin <= cell.size();) {
    const std::size_t end = std::min(cell.find(separator, begin), cell.size());
    parts.push_back(trimmed(cell.substr(begin, end - begin)));
    begin = end + separator.size();
  }
  return parts;
}

}  // namespace yupu::data
