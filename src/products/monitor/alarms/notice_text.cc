#include "products/monitor/alarms/notice_text.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"
#include "http/url.h"
#include "page/html.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kTitleBytesMax = 240;
constexpr std::size_t kNameBytesMax = 120;
constexpr std::size_t kTopicsInSubject = 3;

std::string member(const Json& json, const char* key, std::size_t bytes_max = kNameBytesMax) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? one_line(found->get_ref<const std::string&>(), bytes_max)
                                                   : std::string();
}

std::int64_t number(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

// "2026-11-24T03:38:00.123Z" to the minute.
std::string minute_of(const std::string& time) {
  if (time.size() < 16 || time[10] != 'T') return time;
  return time.substr(0, 10) + " " + time.substr(11, 5) + " UTC";
}

const Json& list_of(const Json& json, const char* key) {
  static const Json kNone = Json::array();
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : kNone;
}

std::string topics_of(const Json& alarms, bool chinese) {
  std::string text;
  std::size_t count = 0;
  for (const Json& alarm : alarms) {
    if (!alarm.is_object()) continue;
    if (++count > kTopicsInSubject) continue;
    text += (count == 1 ? "" : chinese ? "、" : ", ") + member(alarm, "topic");
  }
  if (count > kTopicsInSubject)
    text += chinese ? fmt::format(" 等 {} 个", count) : fmt::format(" and {} more", count - kTopicsInSubject);
  return text;
}

std::string subject_of(const Json& notice, bool chinese) {
  const std::string status = member(notice, "status");
  const std::string topics = topics_of(list_of(notice, "alarms"), chinese);
  const auto repeat = notice.find("repeat");
  if (status == "firing" && repeat != notice.end() && *repeat == true)
    return (chinese ? "仍在警报：" : "Still firing: ") + topics;
  if (status == "firing") return (chinese ? "负面舆情警报：" : "Surge of negative news: ") + topics;
  if (status == "resolved") return (chinese ? "警报已平息：" : "Resolved: ") + topics;
  if (status == "silent") return (chinese ? "来源没有新内容：" : "A source is silent: ") + member(notice, "source");
  if (status == "back") return (chinese ? "来源已恢复：" : "A source is back: ") + member(notice, "source");
  if (status == "drift") return chinese ? "情绪模型的打分分布变了" : "The scores of the sentiment model have drifted";
  return chinese ? "测试通知" : "A test";
}

NoticeBlock block_of(const Json& alarm, bool chinese) {
  NoticeBlock block;
  const std::string state = member(alarm, "state");
  const auto state_words = [&]() -> std::string {
    if (state == "firing") return chinese ? "警报中" : "firing";
    if (state == "acknowledged") return chinese ? "已有人处理" : "acknowledged";
    return chinese ? "已平息" : "resolved";
  };
  block.heading = fmt::format("{}{}{}", member(alarm, "topic"), chinese ? "：" : ": ", state_words());
  if (number(alarm, "total") > 0)
    block.lines.push_back(fmt::format(fmt::runtime(chinese ? "{1} 篇中有 {0} 篇负面" : "{0} negative of {1} documents"),
                                      number(alarm, "negative"), number(alarm, "total")));
  block.lines.push_back((chinese ? "触发于 " : "fired ") + minute_of(member(alarm, "fired")));
  if (state == "resolved")
    block.lines.push_back((chinese ? "平息于 " : "resolved ") + minute_of(member(alarm, "changed")));
  block.lines.push_back((chinese ? "编号 " : "alarm ") + member(alarm, "alarm", kTitleBytesMax));
  for (const Json& document : list_of(alarm, "documents")) {
    if (!document.is_object()) continue;
    NoticeLink link;
    link.title = member(document, "title", kTitleBytesMax);
    if (link.title.empty()) link.title = chinese ? "（无标题）" : "(no title)";
    if (const auto url = http::parse_url(member(document, "url", http::kUrlBytesMax)); url.ok()) link.url = url->text();
    link.beside = fmt::format("{} {}", member(document, "publisher"), minute_of(member(document, "published")));
    block.links.push_back(std::move(link));
  }
  return block;
}

// A notice of another product (service/agents/notices.h) brings its own words in both languages.
std::optional<NoticeText> own_words(const Json& notice, bool chinese) {
  const auto words = notice.find("words");
  if (words == notice.end() || !words->is_object()) return std::nullopt;
  const auto chosen = words->find(chinese ? "zh" : "en");
  if (chosen == words->end() || !chosen->is_object()) return std::nullopt;
  NoticeBlock block{.heading = member(*chosen, "subject", kTitleBytesMax), .lines = {}, .links = {}};
  for (const Json& line : list_of(*chosen, "lines")) {
    if (line.is_string()) block.lines.push_back(one_line(line.get_ref<const std::string&>(), kTitleBytesMax));
  }
  if (const auto url = http::parse_url(member(notice, "link", http::kUrlBytesMax)); url.ok())
    block.links.push_back({.title = chinese ? "打开控制台" : "Open the console", .url = url->text(), .beside = ""});
  NoticeText text;
  text.subject = fmt::format("[{}] {}", member(notice, "shop"), block.heading);
  text.blocks.push_back(std::move(block));
  text.foot = fmt::format(fmt::runtime(chinese ? "{}，路线 {}，{}，通知 {}" : "{}, route {}, {}, notice {}"),
                          member(notice, "shop"), member(notice, "route"), minute_of(member(notice, "time")),
                          member(notice, "id"));
  return text;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != 0x7F) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() <= bytes_max) return line;
  line.resize(utf8_prefix(line, bytes_max).size());
  return line + "…";
}

NoticeText notice_text(const Json& notice, bool chinese) {
  NoticeText text;
  if (!notice.is_object()) return text;
  if (auto own = own_words(notice, chinese); own) return *std::move(own);
  text.subject = fmt::format("[{}] {}", member(notice, "monitor"), subject_of(notice, chinese));
  const Json& alarms = list_of(notice, "alarms");
  for (const Json& alarm : alarms) {
    if (text.blocks.size() == kAlarmsInWords) break;
    if (alarm.is_object()) text.blocks.push_back(block_of(alarm, chinese));
  }
  if (alarms.size() > kAlarmsInWords) {
    const std::size_t more = alarms.size() - kAlarmsInWords;
    text.blocks.push_back({.heading = chinese ? fmt::format("另有 {} 个警报", more) : fmt::format("{} more", more),
                           .lines = {},
                           .links = {}});
  }
  if (alarms.empty()) {
    NoticeBlock block{.heading = subject_of(notice, chinese), .lines = {}, .links = {}};
    if (const std::string detail = member(notice, "detail", 1000); !detail.empty()) block.lines.push_back(detail);
    if (member(notice, "status") == "test")
      block.lines.emplace_back(chinese ? "收到它说明这条通知路线是通的；没有警报。"
                                       : "This route works. There is no alarm.");
    text.blocks.push_back(std::move(block));
  }
  text.foot = fmt::format(
      fmt::runtime(chinese ? "监测 {}，路线 {}，{}，通知 {}" : "monitor {}, route {}, {}, notice {}"),
      member(notice, "monitor"), member(notice, "route"), minute_of(member(notice, "time")), member(notice, "id"));
  return text;
}

std::string plain_text(const NoticeText& text) {
  std::string out;
  for (const NoticeBlock& block : text.blocks) {
    out += block.heading + "\n";
    for (const std::string& line : block.lines) out += "  " + line + "\n";
    for (const NoticeLink& link : block.links) {
      out += fmt::format("  - {} ({})\n", link.title, link.beside);
      if (!link.url.empty()) out += "    " + link.url + "\n";
    }
    out += "\n";
  }
  return out + "-- \n" + text.foot + "\n";
}

std::string html_text(const NoticeText& text, bool chinese) {
  using page::escape_html;
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body "
      "style=\"font-family:sans-serif;line-height:1.5\">\n",
      chinese ? "zh-CN" : "en", escape_html(text.subject));
  for (const NoticeBlock& block : text.blocks) {
    out += fmt::format("<h2 style=\"font-size:18px\">{}</h2>\n", escape_html(block.heading));
    for (const std::string& line : block.lines) out += fmt::format("<p style=\"margin:0\">{}</p>\n", escape_html(line));
    if (!block.links.empty()) out += "<ul>\n";
    for (const NoticeLink& link : block.links) {
      const std::string title = escape_html(link.title);
      out += link.url.empty()
                 ? fmt::format("<li>{}", title)
                 : fmt::format("<li><a href=\"{}\" rel=\"noreferrer\">{}</a>", escape_html(link.url), title);
      out += fmt::format(" <span style=\"color:#666\">{}</span></li>\n", escape_html(link.beside));
    }
    if (!block.links.empty()) out += "</ul>\n";
  }
  return out + fmt::format("<p style=\"color:#666;font-size:13px\">{}</p>\n</body></html>\n", escape_html(text.foot));
}

}  // namespace yupu::monitor
