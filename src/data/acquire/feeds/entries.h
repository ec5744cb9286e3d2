// What the readers of feed.h share: an entry as it is written -> an entry that can be believed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "data/acquire/feeds/feed.h"

namespace yupu::data {

struct WrittenEntry {
  std::string_view id = {}, url = {}, published = {};
  std::string_view title = {}, text = {}, publisher = {};  // HTML or plain
  std::string_view changed = {};
};

class EntryWriter {
 public:
  EntryWriter(const http::Url& url, std::int64_t now_ns, const FeedOptions& options)
      : url_(url), now_ns_(now_ns), options_(options) {}
  void add(const WrittenEntry& entry);
  void set_title(std::string_view title);
  void add_map(std::string_view address);
  Feed finish() { return std::move(feed_); }

 private:
  const http::Url& url_;
  std::int64_t now_ns_;
  const FeedOptions& options_;
  Feed feed_;
};

Status read_xml_feed(std::string_view text, EntryWriter& writer);
Status read_sitemap(std::string_view text, EntryWriter& writer);
Status read_json_feed(std::string_view text, EntryWriter& writer);

}  // namespace yupu::data
