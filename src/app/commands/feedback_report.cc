#include "app/commands/feedback_report.h"

#include <optional>

#include <fmt/format.h>

#include "app/tenant_place.h"
#include "app/workplace.h"
#include "base/file.h"
#include "feedback/report/report.h"
#include "feedback/report/review.h"

namespace yupu::app {
namespace {

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;

// A file of rows, as its ending says; none when no path is given.
class RowFile {
 public:
  static Result<RowFile> create(const std::string& path, const std::string& flag) {
    if (path.empty()) return RowFile({}, false);
    const bool csv = path.ends_with(".csv");
    if (!csv && !path.ends_with(".jsonl"))
      return invalid_argument(fmt::format("{} {}: the file must end in .csv or .jsonl", flag, path), flag);
    YUPU_ASSIGN_OR_RETURN(auto writer, FileWriter::create(path));
    return RowFile(std::optional<FileWriter>(std::move(writer)), csv);
  }
  Status add(const OrderedJson& row) {
    if (!writer_) return ok_status();
    if (csv_ && row_count_++ == 0) YUPU_RETURN_IF_ERROR(writer_->write(feedback::csv_head(row)));
    return writer_->write(csv_ ? feedback::csv_line(row)
                               : row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
  }
  Status close() { return writer_ ? writer_->close() : ok_status(); }

 private:
  RowFile(std::optional<FileWriter> writer, bool csv) : writer_(std::move(writer)), csv_(csv) {}
  std::optional<FileWriter> writer_;
  bool csv_;
  std::int64_t row_count_ = 0;
};

std::string percent(const OrderedJson& share) {
  return share.is_null() ? "-" : fmt::format("{:.1f} %", 100 * share.get<double>());
}

// "wrong answers, drawn at random  2 of 80 (2.5 %), at most 7.6 % with 95 % confidence"
std::string review_text(const OrderedJson& review) {
  return fmt::format("wrong answers, drawn at random  {} of {} judged ({}), at most {} with 95 % confidence\n",
                     review.at("wrong").get<std::int64_t>(), review.at("judged").get<std::int64_t>(),
                     percent(review.at("wrong_share")), percent(review.at("wrong_at_most")));
}

std::string to_text(const OrderedJson& report) {
  const auto number = [&](const char* key) { return report.at(key).get<std::int64_t>(); };
  std::string text = fmt::format(
      "{} calls in {} conversations\nresolved without a person  {} ({})\nrefused  {}\nwrong answers  {} of {} reviewed "
      "({})\nvotes  {} up, {} down\n{:<32} {:>8} {:>8} {:>8}",
      number("calls"), number("conversations"), number("resolved"), percent(report.at("resolution")),
      percent(report.at("refusal")), number("wrong"), number("reviewed"), percent(report.at("wrong_share")),
      number("up"), number("down"), "ENTRY", "CALLS", "HITS", "MISSES");
  for (const OrderedJson& entry : report.at("entries")) {
    const auto intent = entry.at("intent").get<std::string>();
    text += fmt::format("\n{:<32} {:>8} {:>8} {:>8}", intent.empty() ? "(none)" : intent,
                        entry.at("calls").get<std::int64_t>(), entry.at("hits").get<std::int64_t>(),
                        entry.at("misses").get<std::int64_t>());
  }
  return text;
}

}  // namespace

Status feedback_report(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  feedback::CallQuery query{.tenant_id = {}, .model = arguments.required_text("--model")};
  const std::string tenant_name = arguments.text("--tenant");
  const std::int64_t days = arguments.integer("--days", 30, 1, 36'500);
  const std::string calls_path = arguments.text("--calls");
  const std::string entries_path = arguments.text("--entries");
  const bool with_texts = arguments.flag("--texts");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto tenant, named_or_only_tenant(*place.store, tenant_name));
  query.tenant_id = tenant.id;
  query.since_ns = place.clock->now_ns() - days * kNsPerDay;
  YUPU_ASSIGN_OR_RETURN(auto calls, RowFile::create(calls_path, "--calls"));
  YUPU_ASSIGN_OR_RETURN(auto entries, RowFile::create(entries_path, "--entries"));
  feedback::CallReport sum;
  YUPU_RETURN_IF_ERROR(feedback::each_call(*place.store, query, [&](const feedback::LoggedCall& call) {
    sum.add(call);
    return calls.add(call.to_json(with_texts));
  }));
  OrderedJson report = sum.to_json();
  YUPU_ASSIGN_OR_RETURN(const feedback::Review made, feedback::review(*place.store, query, 0));
  report["review"] = OrderedJson(made.to_json());
  report["review"].erase("drawn");
  for (const OrderedJson& entry : report.at("entries")) YUPU_RETURN_IF_ERROR(entries.add(entry));
  YUPU_RETURN_IF_ERROR(calls.close());
  YUPU_RETURN_IF_ERROR(entries.close());
  json ? print_json(report) : print_text(review_text(report.at("review")) + to_text(report));
  return ok_status();
}

}  // namespace yupu::app
