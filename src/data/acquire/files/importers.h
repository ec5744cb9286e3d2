// The table of file formats rows can be read from.  A new format is one file beside this one and one row in
// importers.cc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "data/source.h"

namespace yupu::data {

struct Importer {
  std::string_view name;        // "csv"
  std::string_view extensions;  // ".csv", several with a space between them
  std::string_view summary;
  Result<std::unique_ptr<RowSource>> (*open)(const ImportSource& source);
};

std::span<const Importer> importers();

// Opens a source with the importer its extension names.
// Error: kInvalidArgument for an extension nobody reads (lists those that are), else the importer's own.
Result<std::unique_ptr<RowSource>> open_rows(const ImportSource& source);

}  // namespace yupu::data
