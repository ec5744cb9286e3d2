// text_encode_lines_bench DIRECTORY [chars|bytes] < texts > encodings: records "LENGTH\nBYTES" in, one line
// "id:begin:end ..." out for each. bench/peers/tokenizer_diff.py compares them with the reference library's.
#include <cstdlib>
#include <iostream>
#include <string>

#include "text/tokenizers/tokenizer.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: text_encode_lines_bench DIRECTORY [chars|bytes]\n";
    return 2;
  }
  auto tokenizer = yupu::text::load_tokenizer(argv[1]);
  if (!tokenizer.ok()) {
    std::cerr << tokenizer.status().to_string() << "\n";
    return 2;
  }
  yupu::text::EncodeOptions options;
  if (argc > 2 && std::string(argv[2]) == "bytes") options.offset_unit = yupu::text::OffsetUnit::kBytes;
  std::ios::sync_with_stdio(false);
  std::string text;
  std::string line;
  while (std::getline(std::cin, line)) {
    text.resize(std::strtoul(line.c_str(), nullptr, 10));
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    const yupu::text::Encoding encoding = (*tokenizer)->encode(text, options);
    line.clear();
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
      line += std::to_string(encoding.ids[i]) + ':' + std::to_string(encoding.offsets[i].begin) + ':' +
              std::to_string(encoding.offsets[i].end) + ' ';
    }
    line.push_back('\n');
    std::cout << line;
  }
  return 0;
}
