#include "data/acquire/files/importers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "data/acquire/files/csv.h"
#include "data/acquire/files/jsonl.h"
#include "data/acquire/files/plain_text.h"

namespace yupu::data {
namespace {

constexpr std::array kImporters = {
    Importer{"csv", ".csv", "comma-separated values with a header line (RFC 4180)", open_csv},
    Importer{"tsv", ".tsv .tab", "tab-separated values with a header line, quoting as in CSV", open_tsv},
    Importer{"jsonl", ".jsonl .ndjson", "one JSON object a line", open_jsonl},
    Importer{"text", ".txt", "one text a line, one label (or none) for the file", open_plain_text},
};

bool reads(const Importer& importer, std::string_view extension) {
  std::string_view rest = importer.extensions;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, space) == extension) return true;
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return false;
}

}  // namespace

std::span<const Importer> importers() { return kImporters; }

Result<std::unique_ptr<RowSource>> open_rows(const ImportSource& source) {
  std::string extension = std::filesystem::path(source.path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::vector<std::string_view> known;
  known.reserve(kImporters.size());
  for (const Importer& importer : kImporters) {
    if (reads(importer, extension)) return importer.open(source);
    known.push_back(importer.extensions);
  }
  return invalid_argument(
      fmt::format("{}: no importer reads '{}' files (known: {})", source.shown(), extension, fmt::join(known, " ")),
      "path");
}

}  // namespace yupu::data
