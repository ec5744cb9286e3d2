#include <array>
#include <vector>

#include "text/html/html_tree.h"

namespace yupu::text {
namespace {

constexpr int kTermLevel = 7;  // below h6

constexpr std::array kRoles = {
    HtmlRole{GUMBO_TAG_H1, HtmlPart::kHeading, 1},
    HtmlRole{GUMBO_TAG_H2, HtmlPart::kHeading, 2},
    HtmlRole{GUMBO_TAG_H3, HtmlPart::kHeading, 3},
    HtmlRole{GUMBO_TAG_H4, HtmlPart::kHeading, 4},
    HtmlRole{GUMBO_TAG_H5, HtmlPart::kHeading, 5},
    HtmlRole{GUMBO_TAG_H6, HtmlPart::kHeading, 6},
    HtmlRole{GUMBO_TAG_SUMMARY, HtmlPart::kHeading, kTermLevel},
    HtmlRole{GUMBO_TAG_DT, HtmlPart::kHeading, kTermLevel},
    HtmlRole{GUMBO_TAG_TR, HtmlPart::kRow},
    HtmlRole{GUMBO_TAG_TD, HtmlPart::kCell},
    HtmlRole{GUMBO_TAG_TH, HtmlPart::kCell},
    HtmlRole{GUMBO_TAG_BR, HtmlPart::kBreak},
    HtmlRole{GUMBO_TAG_PRE, HtmlPart::kVerbatim},
    HtmlRole{GUMBO_TAG_P, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_DIV, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_LI, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_UL, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_OL, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_DL, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_DD, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_TABLE, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_CAPTION, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_SECTION, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_ARTICLE, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_MAIN, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_HEADER, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_ASIDE, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_ADDRESS, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_BLOCKQUOTE, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_FIGURE, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_FIGCAPTION, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_DETAILS, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_FORM, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_FIELDSET, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_HR, HtmlPart::kBlock},
    HtmlRole{GUMBO_TAG_HEAD, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_SCRIPT, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_STYLE, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_TEMPLATE, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_NOSCRIPT, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_NAV, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_FOOTER, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_BUTTON, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_SELECT, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_TEXTAREA, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_IFRAME, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_SVG, HtmlPart::kSkipped},
    HtmlRole{GUMBO_TAG_OBJECT, HtmlPart::kSkipped},
};

}  // namespace

HtmlRole role_of(const GumboNode& node) {
  if (node.type != GUMBO_NODE_ELEMENT && node.type != GUMBO_NODE_TEMPLATE) return {};
  for (const HtmlRole& role : kRoles) {
    if (role.tag == node.v.element.tag) return role;
  }
  return {node.v.element.tag};
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

std::string text_of(const GumboNode& element) {
  std::string text;
  for (const void* child : children_of(element)) {
    const auto& node = *static_cast<const GumboNode*>(child);
    if (is_text(node)) text += node.v.text.text;
  }
  return text;
}

bool is_text(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA;
}

std::string_view attribute_of(const GumboNode& element, const char* name) {
  if (element.type != GUMBO_NODE_ELEMENT) return {};
  const GumboAttribute* attribute = gumbo_get_attribute(&element.v.element.attributes, name);
  return attribute == nullptr || attribute->value == nullptr ? std::string_view() : attribute->value;
}

}  // namespace yupu::text
