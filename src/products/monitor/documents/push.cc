#include "products/monitor/documents/push.h"

#include <utility>

#include <fmt/format.h>

#include "products/monitor/documents/measured_intake.h"
#include "products/monitor/documents/push_file.h"
#include "products/monitor/documents/push_row.h"
#include "text/unicode.h"

namespace yupu::monitor {
namespace {

Result<ReadyDocument> read_row(const PushFile::Line& line, const std::string& source, std::int64_t now_ns,
                               const TopicDictionary& topics, SentimentFrom from) {
  if (line.too_long) return invalid_argument(fmt::format("the line has more than {} bytes", kRowBytesMax), "too_large");
  YUPU_ASSIGN_OR_RETURN(IncomingDocument document, read_push_row(line.text, source, now_ns));
  return make_ready(std::move(document), topics, from);
}

}  // namespace

Result<PushReport> push_file(store::Store& store, const Clock& clock, const std::string& monitor,
                             const TopicDictionary& topics, const std::string& path, const std::string& source,
                             const PushOptions& options) {
  PushReport report;
  report.source = source;
  const SentimentFrom from = options.score ? SentimentFrom::kScored : SentimentFrom::kDocument;
  YUPU_ASSIGN_OR_RETURN(std::string position, source_position(store, monitor, source));
  YUPU_ASSIGN_OR_RETURN(PushFile file, PushFile::open(path, position, kRowBytesMax));
  report.starts_over = file.starts_over();
  for (bool more = true; more;) {
    Batch batch;
    batch.source = source;
    batch.position_before = position;
    batch.read_ns = clock.now_ns();
    PushFile::Line line;
    for (std::int64_t rows = 0; rows < options.batch_rows; ++rows) {
      YUPU_ASSIGN_OR_RETURN(more, file.next(line, options.finished));
      if (!more) break;
      if (line.text.find_first_not_of(" \t") == std::string::npos && !line.too_long) continue;
      ++report.rows;
      auto ready = read_row(line, source, batch.read_ns, topics, from);
      if (ready.ok()) {
        batch.documents.push_back(std::move(ready).value());
        continue;
      }
      const std::string why = text::replace_invalid_utf8(ready.status().message()).text;  // it may quote the row
      if (report.first_refusal.empty()) report.first_refusal = fmt::format("row {}: {}", report.rows, why);
      batch.refusals.push_back({.reason = ready.status().field(), .detail = why});
    }
    YUPU_ASSIGN_OR_RETURN(batch.position, file.position());
    if (batch.position == position) break;
    if (options.score) YUPU_RETURN_IF_ERROR(options.score(batch.documents));
    if (options.embed) YUPU_RETURN_IF_ERROR(options.embed(batch.documents));
    YUPU_ASSIGN_OR_RETURN(const Outcomes outcomes, take_measured_batch(store, monitor, batch, clock, options.intake));
    for (const auto& [outcome, count] : outcomes) report.outcomes[outcome] += count;
    position = batch.position;
  }
  return report;
}

}  // namespace yupu::monitor
