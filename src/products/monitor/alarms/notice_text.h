// A notice in words, for people: what mails and chats are made of. Chinese or English.
//
// Every text of a document is one line here, cut to a length, whatever its source wrote; an address is a link only when
// it is one of the web. Whoever shows them escapes them.     Threads: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace yupu::monitor {

struct NoticeLink {
  std::string title;
  std::string url;     // "" where it is no address of the web
  std::string beside;  // publisher, time
};
struct NoticeBlock {
  std::string heading;
  std::vector<std::string> lines;
  std::vector<NoticeLink> links;
};
struct NoticeText {
  std::string subject;
  std::vector<NoticeBlock> blocks;
  std::string foot;  // which monitor, which route, which notice
};
inline constexpr std::size_t kAlarmsInWords = 20;  // of one notice; how many more there are is said

// `notice`: the JSON that a webhook gets (notices.h); a member that is not there is left out.
NoticeText notice_text(const Json& notice, bool chinese);

std::string plain_text(const NoticeText& text);
std::string html_text(const NoticeText& text, bool chinese);

// One line: control characters and runs of white space are a blank; cut between code points.
std::string one_line(std::string_view text, std::size_t bytes_max);

}  // namespace yupu::monitor
