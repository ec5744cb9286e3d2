// RSS, RDF, Atom and sitemaps by pugixml, which expands no entities of a document's own and does not recurse.
#include <initializer_list>
#include <string>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "data/acquire/feeds/entries.h"
#include "http/message.h"

namespace yupu::data {
namespace {

using http::equal_ignoring_case;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

Status load(std::string_view text, pugi::xml_document& document) {
  // White space before the declaration is an error of the standard and everyday in feeds.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
  // The text is UTF-8 by now, whatever its declaration says.
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return invalid_argument(fmt::format("byte {}: {}", parsed.offset, parsed.description()), "xml");
  return ok_status();
}

// All words in a node, elements in it included (Atom's xhtml): one step at a time, because they nest as deep as they
// like.
std::string all_text(const pugi::xml_node& node) {
  std::string text;
  pugi::xml_node at = node.first_child();
  while (at) {
    text += at.value();
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != node && !at.next_sibling()) {
      at = at.parent();
      text += ' ';
    }
    if (at == node) break;
    at = at.next_sibling();
  }
  return text;
}

// The words of the first child of one of these full names, the first name first; empty when there is none.
std::string text_in(const pugi::xml_node& node, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::string text = all_text(node.child(name));
    if (text.find_first_not_of(" \t\r\n") != std::string::npos) return text;
  }
  return {};
}

// The page an entry stands for: a link without "rel" or with "alternate", else one in the text of <link> (RSS).
std::string address_of(const pugi::xml_node& node) {
  std::string other;
  for (const pugi::xml_node& link : node.children()) {
    if (local_name(link) != "link") continue;
    const std::string_view rel = link.attribute("rel").value();
    const std::string href = link.attribute("href").value();
    if (!href.empty() && (rel.empty() || rel == "alternate")) return href;
    if (href.empty() && other.empty()) other = all_text(link);
  }
  return other;
}

void add_item(const pugi::xml_node& node, EntryWriter& writer) {
  const std::string guid = text_in(node, {"guid", "id"});
  std::string address = address_of(node);
  // A guid is an address unless it says it is none.
  if (address.empty() && guid.find("://") != std::string::npos &&
      !equal_ignoring_case(node.child("guid").attribute("isPermaLink").value(), "false"))
    address = guid;
  const std::string title = text_in(node, {"title", "dc:title"});
  const std::string text = text_in(node, {"content:encoded", "content", "description", "summary"});
  const std::string published = text_in(node, {"pubDate", "published", "dc:date", "issued", "updated", "modified"});
  const pugi::xml_node source = node.child("source");
  const std::string publisher =
      source.child("title") ? text_in(source, {"title"}) : text_in(node, {"source", "dc:publisher"});
  WrittenEntry entry;
  entry.id = guid;
  entry.url = address;
  entry.title = title;
  entry.text = text;
  entry.published = published;
  entry.publisher = publisher;
  writer.add(entry);
}

}  // namespace

Status read_xml_feed(std::string_view text, EntryWriter& writer) {
  pugi::xml_document document;
  YUPU_RETURN_IF_ERROR(load(text, document));
  const pugi::xml_node root = document.document_element();
  const std::string_view name = local_name(root);
  const bool rss = equal_ignoring_case(name, "rss");
  const bool rdf = equal_ignoring_case(name, "RDF");
  if (!rss && !rdf && name != "feed")
    return invalid_argument(fmt::format("the root is <{}>, not rss, RDF or feed", name.substr(0, 100)), "feed");
  const pugi::xml_node channel = rss || rdf ? root.child("channel") : root;
  writer.set_title(text_in(channel, {"title"}));
  for (const pugi::xml_node& parent : {channel, root}) {
    if (parent == root && channel == root) break;  // Atom: once
    for (const pugi::xml_node& node : parent.children()) {
      if (local_name(node) == "item") add_item(node, writer);
    }
  }
  if (channel == root) {
    for (const pugi::xml_node& node : root.children()) {
      if (local_name(node) == "entry") add_item(node, writer);
    }
  }
  return ok_status();
}

Status read_sitemap(std::string_view text, EntryWriter& writer) {
  pugi::xml_document document;
  YUPU_RETURN_IF_ERROR(load(text, document));
  const pugi::xml_node root = document.document_element();
  const std::string_view name = local_name(root);
  if (name != "urlset" && name != "sitemapindex")
    return invalid_argument(fmt::format("the root is <{}>, not urlset or sitemapindex", name.substr(0, 100)), "feed");
  for (const pugi::xml_node& node : root.children()) {
    const std::string address = text_in(node, {"loc"});
    if (local_name(node) == "sitemap") writer.add_map(address);
    if (local_name(node) != "url") continue;
    const pugi::xml_node news = node.child("news:news");
    const std::string changed = text_in(node, {"lastmod"});
    const std::string title = text_in(news, {"news:title"});
    const std::string published = text_in(news, {"news:publication_date"});
    const std::string publisher = text_in(news.child("news:publication"), {"news:name"});
    WrittenEntry entry;
    entry.url = address;
    entry.title = title;
    entry.published = published;
    entry.publisher = publisher;
    entry.changed = changed;
    writer.add(entry);
  }
  return ok_status();
}

}  // namespace yupu::data
