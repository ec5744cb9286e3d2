#include "products/monitor/documents/latency.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "products/monitor/detect/series.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kMsNs = 1'000'000;
constexpr std::array<std::string_view, 4> kSpans = {"capture", "intake", "total", "notice"};

struct Bin {
  std::int64_t count = 0, total_ms = 0;
};
using Bins = std::map<std::size_t, Bin>;

void add_to(Bins& bins, std::int64_t ms) {
  Bin& bin = bins[latency_bin(ms)];
  ++bin.count;
  bin.total_ms += ms;
}

std::int64_t ms_between(std::int64_t begin_ns, std::int64_t end_ns) {
  return std::max<std::int64_t>(0, end_ns - begin_ns) / kMsNs;
}

// The bound below which `per_mille` of a thousand lie.
std::int64_t quantile_ms(const Bins& bins, std::int64_t count, std::int64_t per_mille) {
  const std::int64_t rank = (count * per_mille + 999) / 1000;
  std::int64_t below = 0;
  for (const auto& [bin, of_bin] : bins) {
    below += of_bin.count;
    if (below >= rank) return kLatencyBoundsMs[bin];
  }
  return kLatencyBoundsMs.back();
}

LatencySpan span_of(std::string_view name, const Bins& bins) {
  LatencySpan span{.span = std::string(name)};
  std::int64_t total_ms = 0;
  for (const auto& [bin, of_bin] : bins) {
    span.count += of_bin.count;
    total_ms += of_bin.total_ms;
  }
  if (span.count == 0) return span;
  span.mean_ms = total_ms / span.count;
  span.p50_ms = quantile_ms(bins, span.count, 500);
  span.p95_ms = quantile_ms(bins, span.count, 950);
  span.p99_ms = quantile_ms(bins, span.count, 990);
  span.most_ms = quantile_ms(bins, span.count, 1000);
  return span;
}

Status read_bins(Transaction& transaction, const std::string& monitor, std::int64_t since_ns,
                 std::map<std::string, Bins, std::less<>>& spans) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT span, bin, SUM(count), SUM(total_ms) FROM monitor_latency WHERE "
                                          "monitor = ? AND hour_ns >= ? GROUP BY span, bin",
                                          {monitor, since_ns}));
  for (const Row& row : rows) {
    const auto bin = static_cast<std::size_t>(row.integer(1));
    if (bin < kLatencyBoundsMs.size()) spans[row.text(0)][bin] = {.count = row.integer(2), .total_ms = row.integer(3)};
  }
  YUPU_ASSIGN_OR_RETURN(const auto sent,
                        transaction.query("SELECT created_ns, sent_ns FROM monitor_notice WHERE monitor = ? AND state "
                                          "= 'sent' AND sent_ns >= ?",
                                          {monitor, since_ns}));
  for (const Row& row : sent) add_to(spans["notice"], ms_between(row.integer(0), row.integer(1)));
  return ok_status();
}

std::string spoken(std::int64_t ms) {
  if (ms < 120'000) return fmt::format("{:g} s", static_cast<double>(ms) / 1000);
  return ms < 7'200'000 ? fmt::format("{} min", ms / 60'000) : fmt::format("{} h", ms / 3'600'000);
}

}  // namespace

std::size_t latency_bin(std::int64_t ms) {
  const auto found = std::lower_bound(kLatencyBoundsMs.begin(), kLatencyBoundsMs.end(), ms);
  return std::min(static_cast<std::size_t>(found - kLatencyBoundsMs.begin()), kLatencyBoundsMs.size() - 1);
}

void LatencyTally::add(std::optional<std::int64_t> published_ns, std::int64_t received_ns) {
  documents_.push_back({.published_ns = published_ns, .received_ns = received_ns});
}

Status LatencyTally::keep(Transaction& transaction, const std::string& monitor, std::int64_t counted_ns,
                          std::int64_t retention_ns) const {
  if (documents_.empty()) return ok_status();
  std::map<std::string_view, Bins> spans;
  for (const Times& times : documents_) {
    add_to(spans["intake"], ms_between(times.received_ns, counted_ns));
    if (!times.published_ns) continue;
    add_to(spans["capture"], ms_between(*times.published_ns, times.received_ns));
    add_to(spans["total"], ms_between(*times.published_ns, counted_ns));
  }
  const std::int64_t hour_ns = counted_ns / kHourNs * kHourNs;
  for (const auto& [span, bins] : spans) {
    for (const auto& [bin, of_bin] : bins) {
      YUPU_RETURN_IF_ERROR(
          transaction
              .execute(
                  "INSERT INTO monitor_latency (monitor, hour_ns, span, bin, count, total_ms) VALUES (?, ?, ?, ?, "
                  "?, ?) ON CONFLICT (monitor, hour_ns, span, bin) DO UPDATE SET count = monitor_latency.count + "
                  "excluded.count, total_ms = monitor_latency.total_ms + excluded.total_ms",
                  {monitor, hour_ns, std::string(span), static_cast<std::int64_t>(bin), of_bin.count, of_bin.total_ms})
              .status());
    }
  }
  return transaction
      .execute("DELETE FROM monitor_latency WHERE monitor = ? AND hour_ns < ?", {monitor, hour_ns - retention_ns})
      .status();
}

OrderedJson LatencySpan::to_json() const {
  OrderedJson json = {{"span", span}, {"count", count}};
  const std::array<std::pair<const char*, std::int64_t>, 5> figures = {
      {{"mean_ms", mean_ms}, {"p50_ms", p50_ms}, {"p95_ms", p95_ms}, {"p99_ms", p99_ms}, {"most_ms", most_ms}}};
  for (const auto& [name, value] : figures) json[name] = count == 0 ? OrderedJson(nullptr) : OrderedJson(value);
  return json;
}

std::string LatencySpan::to_text() const {
  if (count == 0) return fmt::format("{:<8} nothing", span);
  return fmt::format("{:<8} {:>8}: half within {}, 95 of 100 within {}, 99 within {}, all within {}", span, count,
                     spoken(p50_ms), spoken(p95_ms), spoken(p99_ms), spoken(most_ms));
}

Result<std::vector<LatencySpan>> latency_spans(store::Store& store, const std::string& monitor, std::int64_t hours,
                                               std::int64_t now_ns) {
  const std::int64_t since_ns = now_ns / kHourNs * kHourNs - hours * kHourNs;
  std::map<std::string, Bins, std::less<>> bins;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    bins.clear();
    return read_bins(transaction, monitor, since_ns, bins);
  }));
  std::vector<LatencySpan> spans;
  for (const std::string_view name : kSpans) spans.push_back(span_of(name, bins[std::string(name)]));
  return spans;
}

std::string latency_metrics(const std::string& monitor, const std::vector<LatencySpan>& spans) {
  std::string out =
      "# HELP monitor_latency_ms at most so long took documents (notices) of the last whole hour and the one that "
      "runs\n# TYPE monitor_latency_ms gauge\n";
  for (const LatencySpan& span : spans) {
    if (span.count == 0) continue;
    const std::array<std::pair<const char*, std::int64_t>, 4> figures = {
        {{"0.5", span.p50_ms}, {"0.95", span.p95_ms}, {"0.99", span.p99_ms}, {"1", span.most_ms}}};
    for (const auto& [quantile, value] : figures)
      out += fmt::format("monitor_latency_ms{{monitor=\"{}\",span=\"{}\",quantile=\"{}\"}} {}\n", monitor, span.span,
                         quantile, value);
  }
  out +=
      "# HELP monitor_latency_measured documents (notices) behind these figures\n# TYPE monitor_latency_measured "
      "gauge\n";
  for (const LatencySpan& span : spans)
    out += fmt::format("monitor_latency_measured{{monitor=\"{}\",span=\"{}\"}} {}\n", monitor, span.span, span.count);
  return out;
}

}  // namespace yupu::monitor
