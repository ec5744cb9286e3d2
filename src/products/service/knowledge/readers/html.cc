// HTML by the HTML standard's own algorithm (gumbo), then the words of its elements in the order of the file.
//   h1..h6, summary, dt   headings (text/html/html_tree.h)
//   tr                    one block, its cells between borders
//   p, li, div, ...       a block each
//   main                  where a page has one, the page is its content
// Menus, footers, forms' buttons, scripts and styles are not read.
#include "products/service/knowledge/readers/html.h"

#include <string>
#include <vector>

#include "products/service/knowledge/readers/readers.h"
#include "products/service/knowledge/readers/utf8.h"
#include "text/html/html_tree.h"

namespace yupu::products {
namespace {

using text::children_of;
using text::HtmlPart;
using text::HtmlRole;
using text::role_of;

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
      const HtmlRole role = role_of(node);
      if (role.part == HtmlPart::kSkipped) continue;
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
    HtmlRole role;
    bool is_leaving;
  };

  void enter(const HtmlRole& role) {
    switch (role.part) {
      case HtmlPart::kHeading:
        writer_.begin_heading(role.level);
        ++heading_depth_;
        break;
      case HtmlPart::kRow:
        writer_.end_block();
        ++row_depth_;
        break;
      case HtmlPart::kCell:
        writer_.add_cell_border();
        break;
      case HtmlPart::kBreak:
        writer_.add_line_break();
        break;
      case HtmlPart::kBlock:
        edge();
        break;
      case HtmlPart::kVerbatim:
        edge();
        ++verbatim_depth_;
        break;
      case HtmlPart::kInline:
      case HtmlPart::kSkipped:
        break;
    }
  }

  void leave(const HtmlRole& role) {
    switch (role.part) {
      case HtmlPart::kHeading:
        --heading_depth_;
        writer_.end_block();
        break;
      case HtmlPart::kRow:
        --row_depth_;
        writer_.end_block();
        break;
      case HtmlPart::kBlock:
        edge();
        break;
      case HtmlPart::kVerbatim:
        --verbatim_depth_;
        edge();
        break;
      case HtmlPart::kCell:
      case HtmlPart::kBreak:
      case HtmlPart::kInline:
      case HtmlPart::kSkipped:
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

}  // namespace

Status append_html(std::string_view html, DocumentWriter& writer) {
  return text::with_html_tree(html, [&](const GumboNode& root) { Walk(writer).over(root); });
}

Result<Document> read_html(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const std::string_view html, utf8_text(bytes));
  DocumentWriter writer;
  std::string title;
  YUPU_RETURN_IF_ERROR(text::with_html_tree(html, [&](const GumboNode& root) {
    if (const GumboNode* named = text::find_element(root, GUMBO_TAG_TITLE)) title = text::text_of(*named);
    const GumboNode* main = text::find_element(root, GUMBO_TAG_MAIN);
    Walk(writer).over(main != nullptr ? *main : root);
  }));
  if (title.empty()) title = writer.first_heading(6);
  return writer.finish(title);
}

}  // namespace yupu::products
