// The zip of a .docx, by libzip.  Only three parts are unpacked, each up to a limit whatever its header says, so that a
// few bytes cannot become gigabytes.
#include "products/service/knowledge/readers/docx.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <zip.h>

#include "products/service/knowledge/readers/readers.h"

namespace yupu::products {
namespace {

constexpr std::size_t kPartBytesMax = 64 << 20;  // unpacked

struct DiscardZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, DiscardZip>;

Status failure(std::string_view what, zip_error_t& error) {
  Status status = invalid_argument(fmt::format("{}: {}", what, zip_error_strerror(&error)), "file");
  zip_error_fini(&error);
  return status;
}

Result<Zip> open_zip(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) return failure("not a .docx", error);
  Zip zip(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (zip == nullptr) {
    zip_source_free(source);
    return failure("not a .docx, which is a zip file", error);
  }
  zip_error_fini(&error);
  return zip;
}

// Empty when there is no such part.
Result<std::string> read_part(zip_t& zip, const char* name) {
  const zip_int64_t index = zip_name_locate(&zip, name, 0);
  if (index < 0) return std::string();
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(&zip, static_cast<zip_uint64_t>(index), 0));
  if (file == nullptr) return invalid_argument(fmt::format("{}: {}", name, zip_strerror(&zip)), "file");
  std::string part;
  std::array<char, 1 << 16> block;
  while (true) {
    const zip_int64_t count = zip_fread(file.get(), block.data(), block.size());
    if (count < 0)
      return invalid_argument(fmt::format("{}: {}", name, zip_error_strerror(zip_file_get_error(file.get()))), "file");
    if (count == 0) return part;
    part.append(block.data(), static_cast<std::size_t>(count));
    if (part.size() > kPartBytesMax)
      return Status(Code::kTooLarge, fmt::format("{} unpacks to more than {} bytes", name, kPartBytesMax), "file");
  }
}

}  // namespace

Result<Document> read_docx(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const Zip zip, open_zip(bytes));
  YUPU_ASSIGN_OR_RETURN(const std::string document, read_part(*zip, "word/document.xml"));
  if (document.empty()) return invalid_argument("there is no word/document.xml in it: not a .docx", "file");
  YUPU_ASSIGN_OR_RETURN(const std::string styles, read_part(*zip, "word/styles.xml"));
  YUPU_ASSIGN_OR_RETURN(const std::string properties, read_part(*zip, "docProps/core.xml"));
  return read_docx_parts({.document = document, .styles = styles, .properties = properties});
}

}  // namespace yupu::products
