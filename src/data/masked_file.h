// A file of texts without its personal data, and the map that leads back, which is kept apart.
//
//   yupu data mask IN --out OUT --map MAP      "13812345678" -> "[phone 1]"
//   yupu data unmask OUT --map MAP --out IN    MAP: {"placeholder","text"} a line, mode 0600
// JSONL is read line by line and written as JSON again (strings and whole numbers at any depth, keys stay); every other
// file is text, masked line by line. Streams: memory holds one line and the map.
// Errors  kNotFound; kInvalidArgument with file and line (not JSON), kTooLarge (a line above 1 MiB), kConflict (an
//         output is there already: nothing is overwritten).
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "text/personal/personal_data.h"

namespace yupu::data {

struct MaskedFile {
  std::int64_t line_count = 0;
  std::int64_t value_count = 0;  // different ones; without a map: lines in which there was any
  Json to_json() const { return {{"lines", line_count}, {"values", value_count}}; }
};

// `map` empty: none is written, and all of a kind look alike ("[phone]").
Result<MaskedFile> mask_file(const std::string& in, const std::string& out, const std::string& map,
                             text::PersonalKinds kinds = text::PersonalKinds::all());
// Placeholders that the map does not know stay. `value_count`: lines that were changed.
Result<MaskedFile> unmask_file(const std::string& in, const std::string& map, const std::string& out);

}  // namespace yupu::data
