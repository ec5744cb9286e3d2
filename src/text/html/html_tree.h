// The elements of HTML by the HTML standard's own algorithm (gumbo), within bounds: outside bytes may nest as deep and
// repeat as much as they like.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <gumbo.h>

#include "base/status.h"

namespace yupu::text {

// Calls `use` with the root element, which lives until it returns.  REQUIRES: valid UTF-8 below 4 GiB.
// Errors  kInvalidArgument: nested too deep; kTooLarge: the tree needs too much memory.     Threads  pure.
Status with_html_tree(std::string_view html, const std::function<void(const GumboNode& root)>& use);

// What an element is to a reader of its words.
enum class HtmlPart : std::uint8_t { kInline, kBlock, kRow, kCell, kHeading, kBreak, kVerbatim, kSkipped };
struct HtmlRole {
  GumboTag tag = GUMBO_TAG_UNKNOWN;
  HtmlPart part = HtmlPart::kInline;
  int level = 0;  // of a heading: 1 to 6; summary and dt are 7: a question and its answer are often so marked up
};
HtmlRole role_of(const GumboNode& node);  // kInline of what is no element

std::span<void*> children_of(const GumboNode& node);  // const GumboNode*; none of what is no element
bool is_text(const GumboNode& node);                  // its words stand in v.text.text
// The first element of `tag` in the order of the file; null when there is none.
const GumboNode* find_element(const GumboNode& root, GumboTag tag);
std::string text_of(const GumboNode& element);  // directly in it, not in its elements
// An attribute's value; empty when it has none.
std::string_view attribute_of(const GumboNode& element, const char* name);

}  // namespace yupu::text
