#include "data/check/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"

namespace yupu::data {

std::map<std::string, std::int64_t> CheckReport::counts() const {
  std::map<std::string, std::int64_t> counts;
  for (const Finding& finding : findings) ++counts[finding.kind];
  return counts;
}

bool CheckReport::any_error() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

Json CheckReport::to_json() const {
  Json json = summary;
  json["findings_of"] = counts();
  json["label_check"] = label_check;
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"kind", finding.kind},
                    {"severity", finding.severity == Severity::kError ? "error" : "warning"},
                    {"file", finding.file},
                    {"line", finding.line},
                    {"label", finding.label},
                    {"detail", finding.detail},
                    {"text", finding.text}});
  }
  json["findings"] = std::move(list);
  return json;
}

std::string CheckReport::to_text() const {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.line > 0 ? fmt::format("{}:{}: ", finding.file, finding.line) : fmt::format("{}: ", finding.file);
    text += fmt::format("{}: {}", finding.kind, finding.detail);
    if (!finding.text.empty()) text += fmt::format(" | {}", finding.text);
    text += "\n";
  }
  text += fmt::format("{} rows", rows);
  for (const auto& [kind, count] : counts()) text += fmt::format(", {} {}", count, kind);
  return text + fmt::format("; labels: {}\n", label_check);
}

Status CheckReport::write(const std::string& prefix) const {
  YUPU_RETURN_IF_ERROR(
      write_file_atomic(prefix + ".json", to_json().dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
  return write_file_atomic(prefix + ".txt", to_text());
}

}  // namespace yupu::data
