#include "products/monitor/alarms/chat.h"

#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/hash.h"
#include "http/addresses.h"
#include "http/url.h"
#include "products/monitor/alarms/notice_text.h"
#include "products/service/connectors/connector.h"
#include "products/service/connectors/dingtalk_connector.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kWecomBytesMax = 4096;
constexpr std::size_t kMarkdownBytesMax = 12'000;  // DingTalk and Slack: below both limits, JSON around it included
constexpr std::array<std::int64_t, 2> kWecomAgain = {-1, 45009};            // busy; more than 20 a minute
constexpr std::array<std::int64_t, 2> kDingtalkAgain = {-1, 130101};        // busy; more than 20 a minute
constexpr std::array<std::int64_t, 3> kFeishuAgain = {9499, 11232, 11233};  // too many
constexpr products::VendorCodes kWecomCodes = {.code = "errcode", .message = "errmsg", .again = kWecomAgain};
constexpr products::VendorCodes kDingtalkCodes = {.code = "errcode", .message = "errmsg", .again = kDingtalkAgain};
constexpr products::VendorCodes kFeishuCodes = {.code = "code", .message = "msg", .again = kFeishuAgain};

std::string replaced(std::string_view text, std::span<const std::pair<char, std::string_view>> table) {
  std::string out;
  for (const char c : text) {
    std::string_view by(&c, 1);
    for (const auto& [from, to] : table) {
      if (c == from) by = to;
    }
    out += by;
  }
  return out;
}

// Markdown of WeCom and DingTalk knows no escapes that both honour.
std::string markdown_words(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 9> kTable = {{{'[', "［"},
                                                                               {']', "］"},
                                                                               {'<', "＜"},
                                                                               {'>', "＞"},
                                                                               {'*', "＊"},
                                                                               {'`', "｀"},
                                                                               {'#', "＃"},
                                                                               {'_', "＿"},
                                                                               {'@', "＠"}}};
  return replaced(text, kTable);
}
std::string markdown_address(std::string_view url) {
  static constexpr std::array<std::pair<char, std::string_view>, 2> kTable = {{{'(', "%28"}, {')', "%29"}}};
  return replaced(url, kTable);
}
std::string slack_words(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 7> kTable = {
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'|', "¦"}, {'*', "＊"}, {'`', "｀"}, {'_', "＿"}}};
  return replaced(text, kTable);
}
std::string slack_address(std::string_view url) {
  static constexpr std::array<std::pair<char, std::string_view>, 4> kTable = {
      {{'|', "%7C"}, {'<', "%3C"}, {'>', "%3E"}, {'&', "&amp;"}}};
  return replaced(url, kTable);
}

// Whole lines, as many as there is room for.
class Lines {
 public:
  explicit Lines(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  void add(const std::string& line) {
    full_ = full_ || text_.size() + line.size() + 1 > bytes_max_ - kEllipsis.size();
    if (!full_) text_ += line + "\n";
  }
  std::string text() && { return full_ ? text_ + std::string(kEllipsis) : text_; }

 private:
  static constexpr std::string_view kEllipsis = "…\n";
  std::size_t bytes_max_;
  std::string text_;
  bool full_ = false;
};

std::string markdown(const NoticeText& notice, std::size_t bytes_max, bool blank_lines) {
  Lines lines(bytes_max);
  const std::string end = blank_lines ? "\n" : "";  // DingTalk joins lines that stand under each other
  lines.add("### " + markdown_words(notice.subject) + end);
  for (const NoticeBlock& block : notice.blocks) {
    lines.add("**" + markdown_words(block.heading) + "**" + end);
    for (const std::string& line : block.lines) lines.add("> " + markdown_words(line) + end);
    for (const NoticeLink& link : block.links) {
      const std::string title = markdown_words(link.title);
      lines.add((link.url.empty() ? title : fmt::format("[{}]({})", title, markdown_address(link.url))) + " " +
                markdown_words(link.beside) + end);
    }
  }
  lines.add(markdown_words(notice.foot));
  return std::move(lines).text();
}

std::string mrkdwn(const NoticeText& notice) {
  Lines lines(kMarkdownBytesMax);
  lines.add("*" + slack_words(notice.subject) + "*");
  for (const NoticeBlock& block : notice.blocks) {
    lines.add("*" + slack_words(block.heading) + "*");
    for (const std::string& line : block.lines) lines.add(slack_words(line));
    for (const NoticeLink& link : block.links) {
      const std::string title = slack_words(link.title);
      lines.add("• " + (link.url.empty() ? title : fmt::format("<{}|{}>", slack_address(link.url), title)) + " " +
                slack_words(link.beside));
    }
  }
  lines.add(slack_words(notice.foot));
  return std::move(lines).text();
}

// Paragraphs of typed pieces: there is no markup a text could slip into.
Json rich_text(const NoticeText& notice) {
  Json paragraphs = Json::array();
  const auto say = [&](const std::string& text) {
    paragraphs.push_back(Json::array({Json{{"tag", "text"}, {"text", text}}}));
  };
  for (const NoticeBlock& block : notice.blocks) {
    say(block.heading);
    for (const std::string& line : block.lines) say(line);
    for (const NoticeLink& link : block.links) {
      if (link.url.empty()) {
        say(link.title + " " + link.beside);
      } else {
        paragraphs.push_back(Json::array({Json{{"tag", "a"}, {"text", link.title}, {"href", link.url}},
                                          Json{{"tag", "text"}, {"text", " " + link.beside}}}));
      }
    }
  }
  say(notice.foot);
  return {{"title", notice.subject}, {"content", std::move(paragraphs)}};
}

}  // namespace

Status check_chat_address(const std::string& url, bool allow_private) {
  const auto parsed = http::parse_url(url);
  if (!parsed.ok()) return invalid_argument("it is no web address", "url");  // without it: it may be a key
  if (parsed->scheme == "https" || (allow_private && http::is_loopback_host(parsed->host))) return ok_status();
  return invalid_argument("a chat's robot is called over https: its address is a key that plain http shows to anybody",
                          "url");
}

std::string feishu_sign(const std::string& secret, const std::string& timestamp_s) {
  const Digest digest = hmac_sha256(timestamp_s + "\n" + secret, "");
  return base64_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

ChatPost chat_post(const Route& route, const Json& notice, std::int64_t now_ns) {
  const NoticeText text = notice_text(notice, route.chinese);
  ChatPost post{.url = route.url, .body = {}};
  if (route.kind == RouteKind::kWecom) {
    const std::string content = markdown(text, kWecomBytesMax, false);
    post.body = to_text(Json{{"msgtype", "markdown"}, {"markdown", {{"content", content}}}});
  } else if (route.kind == RouteKind::kDingtalk) {
    const std::string content = markdown(text, kMarkdownBytesMax, true);
    post.body = to_text(Json{{"msgtype", "markdown"}, {"markdown", {{"title", text.subject}, {"text", content}}}});
    if (!route.secret.empty()) {
      const std::string timestamp = std::to_string(now_ns / 1'000'000);
      post.url += fmt::format("{}timestamp={}&sign={}", post.url.find('?') == std::string::npos ? "?" : "&", timestamp,
                              products::query_value(products::dingtalk_sign(route.secret, timestamp)));
    }
  } else if (route.kind == RouteKind::kFeishu) {
    Json body{{"msg_type", "post"}, {"content", {{"post", {{route.chinese ? "zh_cn" : "en_us", rich_text(text)}}}}}};
    if (!route.secret.empty()) {
      body["timestamp"] = std::to_string(now_ns / kSecondNs);
      body["sign"] = feishu_sign(route.secret, body["timestamp"].get<std::string>());
    }
    post.body = to_text(body);
  } else {
    post.body = to_text(Json{{"text", mrkdwn(text)}, {"unfurl_links", false}});
  }
  return post;
}

http::Attempt judge_chat(RouteKind kind, const Result<http::Response>& answer) {
  std::int64_t code = 0;
  switch (kind) {
    case RouteKind::kWecom:
      return products::judge_vendor(answer, kWecomCodes, code);
    case RouteKind::kDingtalk:
      return products::judge_vendor(answer, kDingtalkCodes, code);
    case RouteKind::kFeishu:
      return products::judge_vendor(answer, kFeishuCodes, code);
    case RouteKind::kWebhook:
    case RouteKind::kMail:
    case RouteKind::kSlack:
      break;
  }
  return http::judge(answer);
}

}  // namespace yupu::monitor
