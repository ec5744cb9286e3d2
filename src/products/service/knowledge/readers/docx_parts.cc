#include <array>
#include <charconv>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "products/service/knowledge/readers/docx.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

// "w:p" -> "p": which prefix stands for the namespace is the writer's choice.
std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& found : node.children()) {
    if (local_name(found.name()) == name) return found;
  }
  return {};
}

std::string_view value_of(const pugi::xml_node& node, std::string_view attribute) {
  for (const pugi::xml_attribute& found : node.attributes()) {
    if (local_name(found.name()) == attribute) return found.value();
  }
  return {};
}

int number_in(std::string_view text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Status load(pugi::xml_document& xml, std::string_view bytes, std::string_view part) {
  const pugi::xml_parse_result result =
      xml.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_ws_pcdata);
  if (result) return ok_status();
  return invalid_argument(fmt::format("{} is no XML: {} at byte {}", part, result.description(), result.offset),
                          "file");
}

constexpr int kTitleLevel = 1;   // the title stands above heading 1, which is level 2, and so on
constexpr int kBodyOutline = 9;  // "body text" in Word's outline, which counts from 0

// 2..10 of a paragraph's or style's properties; 0: none.
int outline_level(const pugi::xml_node& properties) {
  const int level = number_in(value_of(child(properties, "outlineLvl"), "val"));
  return level >= 0 && level < kBodyOutline ? level + 2 : 0;
}

// "heading 2", "Heading2", "标题 2", "Title"
int level_of_style_name(std::string_view name) {
  const std::string folded = text::lower(name);
  if (folded == "title" || folded == "标题") return kTitleLevel;
  for (const std::string_view prefix : {"heading", "标题"}) {
    if (!std::string_view(folded).starts_with(prefix)) continue;
    std::string_view rest = std::string_view(folded).substr(prefix.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const int level = number_in(rest);
    if (level >= 1 && level <= kBodyOutline) return level + 1;
  }
  return 0;
}

using Levels = std::unordered_map<std::string, int>;  // of each paragraph style that is a heading's

Result<Levels> read_levels(std::string_view styles) {
  Levels levels;
  if (styles.empty()) return levels;
  pugi::xml_document xml;
  YUPU_RETURN_IF_ERROR(load(xml, styles, "word/styles.xml"));
  for (const pugi::xml_node& style : xml.document_element().children()) {
    if (local_name(style.name()) != "style") continue;
    int level = level_of_style_name(value_of(child(style, "name"), "val"));
    if (level == 0) level = outline_level(child(style, "pPr"));
    if (level > 0) levels[std::string(value_of(style, "styleId"))] = level;
  }
  return levels;
}

class Walk {
 public:
  Walk(const Levels& levels, DocumentWriter& writer) : levels_(levels), writer_(writer) {}

  // By a stack of its own: a file may nest as deep as it likes.
  void over(const pugi::xml_node& root) {
    std::vector<std::pair<pugi::xml_node, bool>> waiting = {{root, false}};
    while (!waiting.empty()) {
      const auto [node, is_leaving] = waiting.back();
      waiting.pop_back();
      const std::string_view name = local_name(node.name());
      if (is_leaving) {
        leave(name);
      } else if (enter(node, name)) {
        waiting.emplace_back(node, true);
        for (pugi::xml_node last = node.last_child(); last; last = last.previous_sibling())
          waiting.emplace_back(last, false);
      }
    }
    writer_.end_block();
  }

 private:
  // Whether what is inside is read.
  bool enter(const pugi::xml_node& node, std::string_view name) {
    // A fallback says again what its choice says.
    for (const std::string_view skipped : {"del", "moveFrom", "Fallback", "instrText", "pPr", "rPr", "sectPr"}) {
      if (name == skipped) return false;
    }
    if (name == "p") {
      begin_paragraph(child(node, "pPr"));
    } else if (name == "t") {
      writer_.add(node.text().get());
      return false;
    } else if (name == "tab") {
      writer_.add(" ");
    } else if (name == "br" || name == "cr") {
      writer_.add_line_break();
    } else if (name == "noBreakHyphen") {
      writer_.add("-");
    } else if (name == "tr") {
      writer_.end_block();
      ++row_depth_;
    } else if (name == "tc") {
      writer_.add_cell_border();
    }
    return true;
  }

  void leave(std::string_view name) {
    if (name == "p") {
      row_depth_ > 0 ? writer_.add_line_break() : writer_.end_block();
    } else if (name == "tr") {
      --row_depth_;
      writer_.end_block();
    }
  }

  void begin_paragraph(const pugi::xml_node& properties) {
    if (row_depth_ > 0) return;
    int level = outline_level(properties);
    if (level == 0) {
      const std::string style(value_of(child(properties, "pStyle"), "val"));
      const auto found = levels_.find(style);
      level = found != levels_.end() ? found->second : level_of_style_name(style);
    }
    level > 0 ? writer_.begin_heading(level) : writer_.end_block();
  }

  const Levels& levels_;
  DocumentWriter& writer_;
  int row_depth_ = 0;
};

Result<std::string> read_title(std::string_view properties) {
  if (properties.empty()) return std::string();
  pugi::xml_document xml;
  YUPU_RETURN_IF_ERROR(load(xml, properties, "docProps/core.xml"));
  return std::string(child(xml.document_element(), "title").text().get());
}

}  // namespace

Result<Document> read_docx_parts(const DocxParts& parts) {
  YUPU_ASSIGN_OR_RETURN(const Levels levels, read_levels(parts.styles));
  YUPU_ASSIGN_OR_RETURN(std::string title, read_title(parts.properties));
  pugi::xml_document xml;
  YUPU_RETURN_IF_ERROR(load(xml, parts.document, "word/document.xml"));
  const pugi::xml_node body = child(xml.document_element(), "body");
  if (!body) return invalid_argument("word/document.xml has no body", "file");
  DocumentWriter writer;
  Walk(levels, writer).over(body);
  if (title.empty()) title = writer.first_heading(kBodyOutline + 1);
  return writer.finish(title);
}

}  // namespace yupu::products
