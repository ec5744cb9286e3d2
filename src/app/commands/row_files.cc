#include "app/commands/row_files.h"

#include "data/rows.h"

namespace yupu::app {

data::ImportSource read_row_shape(Arguments& arguments) {
  data::ImportSource shape;
  shape.text_column = arguments.text("--text", "text");
  shape.label_column = arguments.text("--label", "label");
  shape.lang_column = arguments.text("--lang", "lang");
  shape.out_of_scope = arguments.text("--out-of-scope");
  return shape;
}

Result<std::vector<handoff::Row>> read_rows(const data::ImportSource& shape, const std::string& path) {
  if (path.empty()) return std::vector<handoff::Row>();
  data::ImportSource source = shape;
  source.path = path;
  return data::read_labelled_file(source);
}

}  // namespace yupu::app
