#include "base/builtin.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/check.h"
#include "base/mutex.h"

namespace yupu {
namespace {

struct Table {
  Mutex mutex;
  std::map<std::string, std::string_view, std::less<>> files YUPU_GUARDED_BY(mutex);
  std::set<const char*> begins YUPU_GUARDED_BY(mutex);
};

Table& table() {
  static Table instance;
  return instance;
}

}  // namespace

void add_builtin_file(const std::string& path, std::string_view bytes) {
  CHECK(path.starts_with(kBuiltinPrefix) && path.find('/') != std::string::npos, path + " is no built-in path");
  MutexLock lock(table().mutex);
  table().files[path] = bytes;
  table().begins.insert(bytes.data());
}

std::optional<std::string_view> builtin_file(std::string_view path) {
  if (!path.starts_with(kBuiltinPrefix)) return std::nullopt;
  MutexLock lock(table().mutex);
  const auto it = table().files.find(path);
  if (it == table().files.end()) return std::nullopt;
  return it->second;
}

std::vector<std::string> builtin_folders() {
  std::set<std::string> folders;
  MutexLock lock(table().mutex);
  for (const auto& [path, bytes] : table().files) folders.insert(path.substr(0, path.find('/')));
  return {folders.begin(), folders.end()};
}

bool is_builtin(const char* bytes) {
  MutexLock lock(table().mutex);
  return table().begins.contains(bytes);
}

std::string directory_or_builtin(const std::string& name) {
  std::error_code error;
  if (std::filesystem::exists(name, error)) return name;
  const std::string folder = std::string(kBuiltinPrefix) + name;
  const std::vector<std::string> folders = builtin_folders();
  return std::find(folders.begin(), folders.end(), folder) == folders.end() ? name : folder;
}

}  // namespace yupu
