// Files that are part of the program, read like files on the disk: "builtin:FOLDER/FILE".  read_file, file_exists,
// file_sha256 and MappedFile know them, so whoever takes a directory takes a built-in one too; nothing writes them.
// A path on the disk that begins with "builtin:" is reached as "./builtin:...".
// Threads  add before others read (main does); reading from any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yupu {

inline constexpr std::string_view kBuiltinPrefix = "builtin:";

// `path`: "builtin:FOLDER/FILE".  The bytes stay the caller's and must outlive all reading.  Adding a path again
// replaces it.
void add_builtin_file(const std::string& path, std::string_view bytes);
std::optional<std::string_view> builtin_file(std::string_view path);
std::vector<std::string> builtin_folders();  // "builtin:FOLDER", sorted
bool is_builtin(const char* bytes);          // whether a built-in file, now or before, begins here

// What a user calls a directory: `name` itself when the disk has it or no built-in folder is called so, else
// "builtin:NAME".
std::string directory_or_builtin(const std::string& name);

}  // namespace yupu
