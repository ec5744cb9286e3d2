#include "base/terminal.h"

#include <algorithm>
#include <array>
#include <vector>

namespace yupu {

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    width += bytes >= 3 && lead >= 0xE3 ? 2 : 1;
    i += bytes;
  }
  return width;
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::string left_aligned(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string sparkline(std::span<const double> values, std::size_t width) {
  constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t count = std::min(values.size(), width);
  std::vector<double> means(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * values.size() / count;
    const std::size_t end = (i + 1) * values.size() / count;
    for (std::size_t v = begin; v < end; ++v) means[i] += values[v] / static_cast<double>(end - begin);
  }
  if (means.empty()) return {};
  const auto [least, most] = std::minmax_element(means.begin(), means.end());
  std::string out;
  for (const double mean : means) {
    const double share = *most > *least ? (mean - *least) / (*most - *least) : 0.5;
    const double place = std::clamp(share * kBlocks.size(), 0.0, kBlocks.size() - 1.0);
    out += kBlocks[static_cast<std::size_t>(place)];
  }
  return out;
}

}  // namespace yupu
