// Reads a TOML file member by member and remembers which were read, so that what is left is an unknown key.
// Every error names file, line and key: "strategy.toml: line 12: train.epochs: must be a whole number from 1 to 10000".
// Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/status.h"

namespace yupu::strategy {

// Parses the file. Errors: kNotFound, kTooLarge (above 1 MiB), kInvalidArgument with file and line.
Result<toml::table> parse_toml_file(const std::string& path);
// The same from memory; `name` stands for the file in errors.
Result<toml::table> parse_toml(std::string_view text, const std::string& name);

class TomlReader {
 public:
  // REQUIRES: `table` outlives the reader. `prefix` is the table's own dotted name ("" for the root).
  TomlReader(const toml::table& table, std::string file, std::string prefix)
      : table_(table), file_(std::move(file)), prefix_(std::move(prefix)) {}

  // Optional members leave `out` as it is when absent; required ones are an error. The first error is kept: read all
  // members, then ask finish().
  void text(std::string_view key, std::string& out, bool required = false);
  void one_of(std::string_view key, std::string& out, std::initializer_list<std::string_view> choices);
  void integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most);
  void number(std::string_view key, double& out, double least, double most);
  void boolean(std::string_view key, bool& out);
  void texts(std::string_view key, std::vector<std::string>& out);
  // A string, or a date or time of TOML's own, as it is written.
  void time(std::string_view key, std::string& out);
  // A key that may stand here and is read by other means.
  void known(std::string_view key) { known_.emplace(key); }
  // The sub-table, or null when absent.
  const toml::table* table(std::string_view key, bool required = false);
  // The tables of an array of tables ([[key]]).
  std::vector<const toml::table*> tables(std::string_view key, bool required = false);

  bool has(std::string_view key) const { return table_.contains(key); }
  void fail(std::string_view key, const std::string& why);
  // First error, or the first unknown key (with the nearest known one), or OK.
  Status finish();
  std::string dotted(std::string_view key) const;

 private:
  const toml::node* find(std::string_view key, bool required, std::string_view want);

  const toml::table& table_;
  std::string file_;
  std::string prefix_;
  std::set<std::string, std::less<>> known_;
  Status error_;
  bool missing_ = false;  // error_ is a required key that is not there
};

}  // namespace yupu::strategy
