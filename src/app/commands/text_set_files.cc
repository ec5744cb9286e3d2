#include "app/commands/text_set_files.h"

#include "data/text_columns.h"

namespace yupu::app {

TextSetFlags read_text_set_flags(Arguments& arguments) {
  TextSetFlags flags;
  flags.text = arguments.text("--text", "text");
  flags.other = arguments.text("--text-b");
  flags.negative = arguments.text("--negative");
  flags.label = arguments.text("--label", flags.other.empty() ? "label" : "");
  if (!flags.other.empty()) flags.kind = flags.label.empty() ? tasks::TextSetKind::kPairs : tasks::TextSetKind::kScored;
  return flags;
}

Status check(const TextSetFlags& flags) {
  if (flags.negative.empty() || flags.kind == tasks::TextSetKind::kPairs) return ok_status();
  return invalid_argument("--negative goes with pairs: --text and --text-b, without --label", "--negative");
}

Result<tasks::TextSet> read_text_set(const std::string& path, const TextSetFlags& flags) {
  using Kind = data::TextColumn::Kind;
  std::vector<data::TextColumn> columns = {{flags.text, Kind::kText}};
  const auto add = [&](const std::string& name, Kind kind) {
    if (!name.empty()) columns.push_back({name, kind});
    return columns.size() - 1;
  };
  const std::size_t other = add(flags.other, Kind::kText);
  const std::size_t negative = add(flags.negative, Kind::kText);
  const bool scored = flags.kind == tasks::TextSetKind::kScored;
  const std::size_t label = add(flags.label, scored ? Kind::kNumber : Kind::kLabel);
  YUPU_ASSIGN_OR_RETURN(auto rows, data::read_columns(path, columns));
  tasks::TextSet set{.path = path, .kind = flags.kind, .rows = {}};
  for (data::ColumnsRow& row : rows) {
    tasks::TextRow out;
    out.line = row.line;
    if (!flags.label.empty()) {
      out.score = row.numbers[label];
      out.label = std::move(row.cells[label]);
    }
    if (!flags.negative.empty()) out.negative = std::move(row.cells[negative]);
    if (!flags.other.empty()) out.other = std::move(row.cells[other]);
    out.text = std::move(row.cells[0]);
    set.rows.push_back(std::move(out));
  }
  return set;
}

}  // namespace yupu::app
