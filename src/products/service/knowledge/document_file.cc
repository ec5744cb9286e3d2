#include "products/service/knowledge/document_file.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "products/service/knowledge/readers/readers.h"

namespace yupu::products {
namespace {

Result<std::int64_t> changed_ns(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return errno_status(error.value(), path);
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

}  // namespace

Result<NewDocument> read_document_file(const std::string& path, const std::string& source,
                                       const PassageOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const auto* format, format_of(path));
  YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(path, format->file_bytes_max));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t dated_ns, changed_ns(path));
  YUPU_ASSIGN_OR_RETURN(auto added, read_new_document(path, bytes, dated_ns, options));
  YUPU_RETURN_IF_ERROR(check_source(source));
  added.source = source;
  return added;
}

}  // namespace yupu::products
