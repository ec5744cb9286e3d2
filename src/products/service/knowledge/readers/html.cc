// HTML by the HTML standard's own algorithm (gumbo), then the words of its elements in the order of the file.
//   h1..h6, summary, dt   headings; the last two below all others: a question and its answer are often so marked up
//   tr                    one block, its cells between borders
//   p, li, div, ...       a block each
//   main                  where a page has one, the page is its content
// Menus, footers, forms' buttons, scripts and styles are not read.
#include "products/service/knowledge/readers/html.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "products/service/knowledge/readers/html_tree.h"
#include "products/service/knowledge/readers/readers.h"
#include "products/service/knowledge/readers/utf8.h"

namespace yupu::products {
namespace {

constexpr int kTermLevel = 7;  // below h6

enum class Part : std::uint8_t { kInline, kBlock, kRow, kCell, kHeading, kBreak, kVerbatim, kSkipped };

struct Role {
  GumboTag tag;
  Part part;
  int level = 0;
};

constexpr std::array kRoles = {
    Role{GUMBO_TAG_H1, Part::kHeading, 1},
    Role{GUMBO_TAG_H2, Part::kHeading, 2},
    Role{GUMBO_TAG_H3, Part::kHeading, 3},
    Role{GUMBO_TAG_H4, Part::kHeading, 4},
    Role{GUMBO_TAG_H5, Part::kHeading, 5},
    Role{GUMBO_TAG_H6, Part::kHeading, 6},
    Role{GUMBO_TAG_SUMMARY, Part::kHeading, kTermLevel},
    Role{GUMBO_TAG_DT, Part::kHeading, kTermLevel},
    Role{GUMBO_TAG_TR, Part::kRow},
    Role{GUMBO_TAG_TD, Part::kCell},
    Role{GUMBO_TAG_TH, Part::kCell},
    Role{GUMBO_TAG_BR, Part::kBreak},
    Role{GUMBO_TAG_PRE, Part::kVerbatim},
    Role{GUMBO_TAG_P, Part::kBlock},
    Role{GUMBO_TAG_DIV, Part::kBlock},
    Role{GUMBO_TAG_LI, Part::kBlock},
    Role{GUMBO_TAG_UL, Part::kBlock},
    Role{GUMBO_TAG_OL, Part::kBlock},
    Role{GUMBO_TAG_DL, Part::kBlock},
    Role{GUMBO_TAG_DD, Part::kBlock},
    Role{GUMBO_TAG_TABLE, Part::kBlock},
    Role{GUMBO_TAG_CAPTION, Part::kBlock},
    Role{GUMBO_TAG_SECTION, Part::kBlock},
    Role{GUMBO_TAG_ARTICLE, Part::kBlock},
    Role{GUMBO_TAG_MAIN, Part::kBlock},
    Role{GUMBO_TAG_HEADER, Part::kBlock},
    Role{GUMBO_TAG_ASIDE, Part::kBlock},
    Role{GUMBO_TAG_ADDRESS, Part::kBlock},
    Role{GUMBO_TAG_BLOCKQUOTE, Part::kBlock},
    Role{GUMBO_TAG_FIGURE, Part::kBlock},
    Role{GUMBO_TAG_FIGCAPTION, Part::kBlock},
    Role{GUMBO_TAG_DETAILS, Part::kBlock},
    Role{GUMBO_TAG_FORM, Part::kBlock},
    Role{GUMBO_TAG_FIELDSET, Part::kBlock},
    Role{GUMBO_TAG_HR, Part::kBlock},
    Role{GUMBO_TAG_HEAD, Part::kSkipped},
    Role{GUMBO_TAG_SCRIPT, Part::kSkipped},
    Role{GUMBO_TAG_STYLE, Part::kSkipped},
    Role{GUMBO_TAG_TEMPLATE, Part::kSkipped},
    Role{GUMBO_TAG_NOSCRIPT, Part::kSkipped},
    Role{GUMBO_TAG_NAV, Part::kSkipped},
    Role{GUMBO_TAG_FOOTER, Part::kSkipped},
    Role{GUMBO_TAG_BUTTON, Part::kSkipped},
    Role{GUMBO_TAG_SELECT, Part::kSkipped},
    Role{GUMBO_TAG_TEXTAREA, Part::kSkipped},
    Role{GUMBO_TAG_IFRAME, Part::kSkipped},
    Role{GUMBO_TAG_SVG, Part::kSkipped},
    Role{GUMBO_TAG_OBJECT, Part::kSkipped},
};

Role role_of(const GumboNode& node) {
  if (node.type != GUMBO_NODE_ELEMENT && node.type != GUMBO_NODE_TEMPLATE) return {GUMBO_TAG_UNKNOWN, Part::kInline};
  for (const Role& role : kRoles) {
    if (role.tag == node.v.element.tag) return role;
  }
  return {node.v.element.tag, Part::kInline};
}

std::span<void*> children_of(const GumboNode& node) {
  if (node.type != GUMBO_NODE_ELEMENT && node.type != GUMBO_NODE_TEMPLATE) return {};
  const GumboVector& children = node.v.element.children;
  return {children.data, children.length};
}

// The first element of `tag` in the order of the file; null when there is none.
const GumboNode* find_element(const GumboNode& root, GumboTag tag) {
  std::vector<const GumboNode*> waiting = {&root};
  while (!waiting.empty()) {
    const GumboNode* node = waiting.back();
    waiting.pop_back();
    if (node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag) return node;
    const auto children = children_of(*node);
    for (std::size_t i = children.size(); i > 0; --i) waiting.push_back(static_cast<const GumboNode*>(children[i - 1]));
  }
  return nullptr;
}

class Walk {
 public:
  explicit Walk(DocumentWriter& writer) : writer_(writer) {}

  void over(const GumboNode& root) {
    std::vector<Step> waiting = {{&root, {}, false}};
    while (!waiting.empty()) {
      const Step step = waiting.back();
      waiting.pop_back();
      if (step.is_leaving) {
        leave(step.role);
        continue;
      }
      const GumboNode& node = *step.node;
      if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA) {
        verbatim_depth_ > 0 ? writer_.add_verbatim(node.v.text.text) : writer_.add(node.v.text.text);
        continue;
      }
      const Role role = role_of(node);
      if (role.part == Part::kSkipped) continue;
      enter(role);
      waiting.push_back({&node, role, true});
      const auto children = children_of(node);
      for (std::size_t i = children.size(); i > 0; --i)
        waiting.push_back({static_cast<const GumboNode*>(children[i - 1]), {}, false});
    }
    writer_.end_block();
  }

 private:
  struct Step {
    const GumboNode* node;
    Role role;
    bool is_leaving;
  };

  void enter(const Role& role) {
    switch (role.part) {
      case Part::kHeading:
        writer_.begin_heading(role.level);
        ++heading_depth_;
        break;
      case Part::kRow:
        writer_.end_block();
        ++row_depth_;
        break;
      case Part::kCell:
        writer_.add_cell_border();
        break;
      case Part::kBreak:
        writer_.add_line_break();
        break;
      case Part::kBlock:
        edge();
        break;
      case Part::kVerbatim:
        edge();
        ++verbatim_depth_;
        break;
      case Part::kInline:
      case Part::kSkipped:
        break;
    }
  }

  void leave(const Role& role) {
    switch (role.part) {
      case Part::kHeading:
        --heading_depth_;
        writer_.end_block();
        break;
      case Part::kRow:
        --row_depth_;
        writer_.end_block();
        break;
      case Part::kBlock:
        edge();
        break;
      case Part::kVerbatim:
        --verbatim_depth_;
        edge();
        break;
      case Part::kCell:
      case Part::kBreak:
      case Part::kInline:
      case Part::kSkipped:
        break;
    }
  }

  // Of a paragraph: inside a heading it is a space, inside a table's row a line.
  void edge() {
    if (heading_depth_ > 0) {
      writer_.add(" ");
    } else if (row_depth_ > 0) {
      writer_.add_line_break();
    } else {
      writer_.end_block();
    }
  }

  DocumentWriter& writer_;
  int heading_depth_ = 0, row_depth_ = 0, verbatim_depth_ = 0;
};

std::string text_of(const GumboNode& element) {
  std::string text;
  for (const void* child : children_of(element)) {
    const auto& node = *static_cast<const GumboNode*>(child);
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) text += node.v.text.text;
  }
  return text;
}

}  // namespace

Status append_html(std::string_view html, DocumentWriter& writer) {
  return with_html_tree(html, [&](const GumboNode& root) { Walk(writer).over(root); });
}

Result<Document> read_html(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const std::string_view html, utf8_text(bytes));
  DocumentWriter writer;
  std::string title;
  YUPU_RETURN_IF_ERROR(with_html_tree(html, [&](const GumboNode& root) {
    if (const GumboNode* named = find_element(root, GUMBO_TAG_TITLE)) title = text_of(*named);
    const GumboNode* main = find_element(root, GUMBO_TAG_MAIN);
    Walk(writer).over(main != nullptr ? *main : root);
  }));
  if (title.empty()) title = writer.first_heading(6);
  return writer.finish(title);
}

}  // namespace yupu::products
