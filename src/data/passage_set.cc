#include "data/passage_set.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "data/acquire/files/importers.h"
#include "data/source.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

Status at(const PassageSource& source, std::int64_t line, std::string_view field, const std::string& detail) {
  const std::string named = field.empty() ? std::string() : fmt::format("field '{}': ", field);
  return invalid_argument(fmt::format("{}: line {}: {}{}", source.path, line, named, detail), std::string(field));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Status check_text(const PassageSource& source, std::int64_t line, std::string_view field, std::string_view text) {
  if (is_blank(text)) return at(source, line, field, "blank");
  if (const auto bad = text::validate_utf8(text))
    return at(source, line, field, fmt::format("not UTF-8 at byte {}; convert the file first (iconv)", *bad + 1));
  return ok_status();
}

Status read_plain(const PassageSource& source, tasks::PassageSet& set) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  YUPU_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(source.path));
  std::string_view rest = file.bytes();
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  tasks::Passage passage;
  const auto close = [&]() -> Status {
    if (passage.text.empty()) return ok_status();
    YUPU_RETURN_IF_ERROR(check_text(source, passage.line, {}, passage.text));
    set.rows.push_back(std::move(passage));
    passage = {};
    return ok_status();
  };
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank(line)) {
      YUPU_RETURN_IF_ERROR(close());
      continue;
    }
    if (passage.text.empty()) passage.line = number;
    if (!passage.text.empty()) passage.text += '\n';
    passage.text += line;
  }
  return close();
}

Status read_rows(const PassageSource& source, tasks::PassageSet& set) {
  ImportSource rows{.path = source.path, .text_column = source.text_column, .label_column = {}, .lang_column = {}};
  if (set.prompted) rows.more_columns.push_back(source.prompt_column);
  YUPU_ASSIGN_OR_RETURN(const auto reader, open_rows(rows));
  RawRow raw;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader->next(raw));
    if (!any) return ok_status();
    if (raw.problem) {
      const std::string_view field = raw.problem->field == "text" ? source.text_column : raw.problem->field;
      return at(source, raw.line, field, raw.problem->detail);
    }
    YUPU_RETURN_IF_ERROR(check_text(source, raw.line, source.text_column, raw.text));
    tasks::Passage passage{.prompt = {}, .text = std::move(raw.text), .line = raw.line};
    if (set.prompted) {
      YUPU_RETURN_IF_ERROR(check_text(source, raw.line, source.prompt_column, raw.more[0]));
      passage.prompt = std::move(raw.more[0]);
    }
    set.rows.push_back(std::move(passage));
  }
}

}  // namespace

Result<tasks::PassageSet> read_passage_set(const PassageSource& source) {
  tasks::PassageSet set{.path = source.path, .prompted = !source.prompt_column.empty(), .rows = {}};
  if (set.prompted && source.prompt_column == source.text_column) {
    return invalid_argument(fmt::format("{}: column '{}' is asked for twice", source.path, source.text_column),
                            source.text_column);
  }
  const bool plain = source.path.ends_with(".txt") && !set.prompted;
  YUPU_RETURN_IF_ERROR(plain ? read_plain(source, set) : read_rows(source, set));
  if (set.rows.empty()) return invalid_argument(source.path + ": no texts in the file", "path");
  return set;
}

}  // namespace yupu::data
