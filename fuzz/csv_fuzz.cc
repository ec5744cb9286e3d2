// Any bytes as CSV: the rows must not depend on how the bytes arrive, and nothing may crash or grow without bound.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/rng.h"
#include "data/acquire/files/csv.h"
#include "data/acquire/files/lines.h"
#include "data/clean/clean.h"

namespace {

using yupu::data::CsvOptions;
using yupu::data::CsvReader;
using yupu::data::CsvRecord;
using yupu::data::NextBlock;

// The bytes in pieces of 1 to `piece_max` bytes, chosen by `seed`.
NextBlock pieces(std::string_view bytes, std::uint64_t seed, std::size_t piece_max) {
  return [bytes, random = yupu::Rng(seed), piece_max]() mutable -> yupu::Result<std::string_view> {
    const std::string_view block = bytes.substr(0, 1 + random.below(piece_max));
    bytes.remove_prefix(block.size());
    return block;
  };
}

std::vector<CsvRecord> read_all(NextBlock next_block, const CsvOptions& options) {
  CsvReader reader(std::move(next_block), options);
  std::vector<CsvRecord> records;
  for (CsvRecord record; reader.next(record).value();) records.push_back(record);
  return records;
}

std::vector<std::string> read_lines(NextBlock next_block) {
  yupu::data::LineReader reader(std::move(next_block), 64);
  std::vector<std::string> lines;
  for (yupu::data::Line line; reader.next(line).value();) lines.push_back(line.text);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint64_t seed = data[0];
  CsvOptions options{.delimiter = ',', .record_bytes_max = 1 << 20, .fields_max = 4096};
  if ((data[1] & 1) != 0) options.delimiter = '\t';
  if ((data[1] & 2) != 0) options.record_bytes_max = 16;
  if ((data[1] & 4) != 0) options.fields_max = 3;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto whole = read_all(pieces(bytes, 0, SIZE_MAX), options);
  const auto cut = read_all(pieces(bytes, seed, 7), options);
  CHECK(whole.size() == cut.size(), "as many records in pieces as in one");
  std::int64_t line = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(whole[i].fields == cut[i].fields && whole[i].line == cut[i].line && whole[i].problem == cut[i].problem,
          "the same record in pieces as in one");
    CHECK(whole[i].line > line, "every record begins on a later line");
    CHECK(!whole[i].fields.empty() && whole[i].fields.size() <= options.fields_max, "fields within the limit");
    line = whole[i].line;
    std::size_t bytes_kept = 0;
    for (const std::string& field : whole[i].fields) {
      bytes_kept += field.size();
      std::string text = field;
      if (!yupu::data::clean_text(text)) {
        std::string again = text;
        CHECK(!yupu::data::clean_text(again) && again == text, "cleaning twice is cleaning once");
        const std::string canonical = yupu::data::canonical_text(text);
        CHECK(yupu::data::canonical_text(canonical) == canonical, "the canonical form is canonical");
      }
      CHECK(yupu::data::excerpt(field).size() <= 80 * 4 + 3, "an excerpt is short");
    }
    CHECK(bytes_kept <= options.record_bytes_max, "a record within the limit");
  }
  CHECK(read_lines(pieces(bytes, 0, SIZE_MAX)) == read_lines(pieces(bytes, seed, 5)),
        "lines do not depend on the pieces");
  return 0;
}
