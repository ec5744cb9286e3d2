#include "data/acquire/pages/page.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "text/html/html_tree.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

using text::HtmlPart;

struct Block {
  std::string words;
  std::size_t link_bytes = 0;          // of words that are links
  const GumboNode* element = nullptr;  // the innermost block it stands in
  bool heading = false;
  bool mostly_links() const { return link_bytes * 2 > words.size(); }
};

// Every block of words under an element, in the order of the page.
class BlockWalk {
 public:
  std::vector<Block> over(const GumboNode& root) {
    std::vector<Step> waiting = {{&root, false}};
    while (!waiting.empty()) {
      const Step step = waiting.back();
      waiting.pop_back();
      const GumboNode& node = *step.node;
      if (step.is_leaving) {
        leave(node);
        continue;
      }
      if (text::is_text(node)) {
        current_ += node.v.text.text;
        if (link_depth_ > 0) link_bytes_ += text::collapse_whitespace(node.v.text.text).size();
        continue;
      }
      if (text::role_of(node).part == HtmlPart::kSkipped) continue;
      enter(node);
      waiting.push_back({&node, true});
      const auto children = text::children_of(node);
      for (std::size_t i = children.size(); i > 0; --i)
        waiting.push_back({static_cast<const GumboNode*>(children[i - 1]), false});
    }
    flush();
    return std::move(blocks_);
  }

 private:
  struct Step {
    const GumboNode* node;
    bool is_leaving;
  };

  static bool is_block(HtmlPart part) {
    return part == HtmlPart::kBlock || part == HtmlPart::kHeading || part == HtmlPart::kRow ||
           part == HtmlPart::kVerbatim;
  }
  static bool is_link(const GumboNode& node) {
    return node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == GUMBO_TAG_A;
  }

  void enter(const GumboNode& node) {
    const HtmlPart part = text::role_of(node).part;
    if (is_block(part)) {
      flush();
      open_.push_back(&node);
    } else if (part == HtmlPart::kCell || part == HtmlPart::kBreak) {
      current_ += ' ';
    }
    if (is_link(node)) ++link_depth_;
  }

  void leave(const GumboNode& node) {
    if (is_link(node)) --link_depth_;
    if (!is_block(text::role_of(node).part)) return;
    flush();
    open_.pop_back();
  }

  void flush() {
    std::string words = text::collapse_whitespace(current_);
    if (!words.empty()) {
      Block& block = blocks_.emplace_back();
      block.words = std::move(words);
      block.link_bytes = link_bytes_;
      block.element = open_.empty() ? nullptr : open_.back();
      block.heading = block.element != nullptr && text::role_of(*block.element).part == HtmlPart::kHeading;
    }
    current_.clear();
    link_bytes_ = 0;
  }

  std::vector<Block> blocks_;
  std::vector<const GumboNode*> open_;
  std::string current_;
  std::size_t link_bytes_ = 0;
  int link_depth_ = 0;
};

bool stands_in(const Block& block, const GumboNode* element) {
  const GumboNode* node = block.element;
  while (node != nullptr && node != element) node = node->parent;
  return node != nullptr;
}

// Null when no block is long enough.
const GumboNode* heaviest(const std::vector<Block>& blocks) {
  std::unordered_map<const GumboNode*, double> weights;
  std::vector<const GumboNode*> order;  // of the page: the first of equal ones is taken
  for (const Block& block : blocks) {
    if (block.words.size() < kBlockBytesMin || block.mostly_links() || block.element == nullptr) continue;
    double weight = static_cast<double>(block.words.size() - block.link_bytes);
    const GumboNode* around = block.element->parent;
    for (int i = 0; i < 3 && around != nullptr && around->type == GUMBO_NODE_ELEMENT; ++i) {
      if (weights.find(around) == weights.end()) order.push_back(around);
      weights[around] += weight;
      weight /= 2;
      around = around->parent;
    }
  }
  const GumboNode* best = nullptr;
  for (const GumboNode* element : order) {
    if (best == nullptr || weights[element] > weights[best]) best = element;
  }
  return best;
}

std::string main_text(const std::vector<Block>& blocks) {
  const GumboNode* const best = heaviest(blocks);
  std::string text;
  for (const Block& block : blocks) {
    if (best != nullptr && (!stands_in(block, best) || (block.mostly_links() && !block.heading))) continue;
    if (!text.empty()) text += '\n';
    text += block.words;
  }
  return text;
}

// What the page's elements say of it, apart from its words.
class Facts {
 public:
  Facts(Page& page, const http::Url& url) : page_(page), base_(url) {}

  void over(const GumboNode& root) {
    std::vector<const GumboNode*> waiting = {&root};
    while (!waiting.empty()) {
      const GumboNode& node = *waiting.back();
      waiting.pop_back();
      if (node.type == GUMBO_NODE_ELEMENT) take(node);
      const auto children = text::children_of(node);
      for (std::size_t i = children.size(); i > 0; --i)
        waiting.push_back(static_cast<const GumboNode*>(children[i - 1]));
    }
    if (page_.published.empty()) page_.published = first_time_;
  }

 private:
  void take(const GumboNode& node) {
    const GumboTag tag = node.v.element.tag;
    if (tag == GUMBO_TAG_META) {
      meta(node);
    } else if (tag == GUMBO_TAG_TITLE && page_.title.empty()) {
      page_.title = text::collapse_whitespace(text::text_of(node));
    } else if (tag == GUMBO_TAG_BASE) {
      auto base = http::resolve_url(base_, text::attribute_of(node, "href"));
      if (base.ok()) base_ = std::move(base).value();
    } else if (tag == GUMBO_TAG_TIME && first_time_.empty()) {
      first_time_ = text::attribute_of(node, "datetime");
    } else if (tag == GUMBO_TAG_A) {
      link(node);
    }
  }

  void meta(const GumboNode& node) {
    const std::string name =
        text::lower(text::attribute_of(node, "property").empty() ? text::attribute_of(node, "name")
                                                                 : text::attribute_of(node, "property"));
    const std::string content = text::collapse_whitespace(text::attribute_of(node, "content"));
    if (name == "robots") {
      const std::string wishes = text::lower(content);
      const bool none = wishes.find("none") != std::string::npos;
      page_.may_index = page_.may_index && !none && wishes.find("noindex") == std::string::npos;
      page_.may_follow = page_.may_follow && !none && wishes.find("nofollow") == std::string::npos;
    } else if (name == "og:title" && !content.empty()) {
      page_.title = content;  // without the site's name, which <title> often has behind it
    } else if (name == "og:site_name") {
      page_.publisher = content;
    } else if (name == "article:published_time" || name == "pubdate" || name == "publishdate" || name == "date") {
      if (page_.published.empty()) page_.published = content;
    }
  }

  void link(const GumboNode& node) {
    const std::string_view href = text::attribute_of(node, "href");
    const std::string rel = text::lower(text::attribute_of(node, "rel"));
    if (href.empty() || page_.links.size() >= kLinksMax || rel.find("nofollow") != std::string::npos) return;
    auto url = http::resolve_url(base_, href);
    if (!url.ok() || !seen_.insert(url->text()).second) return;
    std::string words;
    for (const Block& block : BlockWalk().over(node)) words += (words.empty() ? "" : " ") + block.words;
    if (words.empty()) words = text::collapse_whitespace(text::attribute_of(node, "title"));
    page_.links.push_back({std::move(url).value(), std::move(words)});
  }

  Page& page_;
  http::Url base_;
  std::string first_time_;
  std::set<std::string> seen_;
};

}  // namespace

Result<Page> read_page(std::string_view html, const http::Url& url) {
  Page page;
  YUPU_RETURN_IF_ERROR(text::with_html_tree(html, [&](const GumboNode& root) {
    Facts(page, url).over(root);
    const std::vector<Block> blocks = BlockWalk().over(root);
    page.text = main_text(blocks);
    for (const Block& block : blocks) {
      if (page.title.empty() && block.heading) page.title = block.words;
    }
  }));
  return page;
}

Result<std::string> words_of_html(std::string_view html) {
  std::string words;
  YUPU_RETURN_IF_ERROR(text::with_html_tree(html, [&](const GumboNode& root) {
    for (const Block& block : BlockWalk().over(root)) words += (words.empty() ? "" : " ") + block.words;
  }));
  return words;
}

}  // namespace yupu::data
