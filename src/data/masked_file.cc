#include "data/masked_file.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "data/acquire/files/blocks.h"
#include "data/acquire/files/lines.h"
#include "text/personal/mask.h"
#include "text/personal/mask_json.h"

namespace yupu::data {
namespace {

using Change = std::function<std::string(std::string_view)>;

Result<FileWriter> create(const std::string& path) {
  if (file_exists(path)) return conflict(path + " is there already");
  return FileWriter::create(path);
}

Result<std::string> changed(const Line& line, const std::string& path, bool json, const Change& change) {
  const std::string where = fmt::format("{}: line {}", path, line.number);
  if (line.too_long) return Status(Code::kTooLarge, where + ": the line is too long");
  if (!json || line.text.empty()) return change(line.text);
  const auto checked = parse_json(line.text);
  if (!checked.ok()) return checked.status().with_context(where);
  OrderedJson value = OrderedJson::parse(line.text);  // keys in their order
  text::mask_json(value, change, true);
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<MaskedFile> change_file(const std::string& in, const std::string& out, const Change& change) {
  YUPU_ASSIGN_OR_RETURN(const auto blocks, FileBlocks::open(in, in));
  YUPU_ASSIGN_OR_RETURN(FileWriter writer, create(out));
  LineReader reader([&] { return blocks->next(); });
  const bool json = in.ends_with(".jsonl");
  MaskedFile done;
  Line line;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(line));
    if (!any) break;
    YUPU_ASSIGN_OR_RETURN(const std::string text, changed(line, in, json, change));
    YUPU_RETURN_IF_ERROR(writer.write(text + "\n"));
    ++done.line_count;
    done.value_count += text == line.text ? 0 : 1;
  }
  YUPU_RETURN_IF_ERROR(writer.close());
  return done;
}

}  // namespace

Result<MaskedFile> mask_file(const std::string& in, const std::string& out, const std::string& map,
                             text::PersonalKinds kinds) {
  if (map.empty())
    return change_file(in, out, [kinds](std::string_view text) { return text::mask_personal_data(text, kinds); });
  YUPU_ASSIGN_OR_RETURN(FileWriter entries, create(map));
  std::error_code failed;  // before anything is in it
  std::filesystem::permissions(map, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
  if (failed) return internal_error(map + ": " + failed.message());
  text::PersonalMasker masker(kinds);
  YUPU_ASSIGN_OR_RETURN(MaskedFile done,
                        change_file(in, out, [&](std::string_view text) { return masker.mask(text); }));
  for (const auto& entry : masker.entries()) {
    const OrderedJson line = {{"placeholder", entry.placeholder}, {"text", entry.text}};
    YUPU_RETURN_IF_ERROR(entries.write(line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n"));
  }
  YUPU_RETURN_IF_ERROR(entries.close());
  done.value_count = static_cast<std::int64_t>(masker.entries().size());
  return done;
}

Result<MaskedFile> unmask_file(const std::string& in, const std::string& map, const std::string& out) {
  YUPU_ASSIGN_OR_RETURN(const auto blocks, FileBlocks::open(map, map));
  LineReader reader([&] { return blocks->next(); });
  std::map<std::string, std::string, std::less<>> entries;
  Line line;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(line));
    if (!any) break;
    const std::string where = fmt::format("{}: line {}", map, line.number);
    const auto entry = parse_json(line.text);
    if (!entry.ok()) return entry.status().with_context(where);
    YUPU_ASSIGN_OR_RETURN(std::string placeholder, json_string(*entry, "placeholder", where));
    YUPU_ASSIGN_OR_RETURN(entries[std::move(placeholder)], json_string(*entry, "text", where));
  }
  return change_file(in, out, [&](std::string_view text) { return text::unmask_personal_data(text, entries); });
}

}  // namespace yupu::data
