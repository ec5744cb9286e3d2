// A million rows through the whole import: seconds, rows a second and the highest resident memory, one CSV row.
//   build/release/data_import_bench [ROWS]        (1,000,000 when not given)
// The claim it stands for: memory stays below 200 MB whatever the texts' length. It fails when it does not.
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "data/import.h"

namespace {

constexpr std::int64_t kMemoryMaxKb = 200 * 1024;

// Rows of some 80 bytes in Chinese and English, 1% of them twice.
yupu::Status write_rows(const std::string& path, std::int64_t row_count) {
  YUPU_ASSIGN_OR_RETURN(yupu::FileWriter file, yupu::FileWriter::create(path));
  YUPU_RETURN_IF_ERROR(file.write("text,intent,lang\n"));
  yupu::Rng random(1);
  for (std::int64_t i = 0; i < row_count; ++i) {
    const std::int64_t number = random.below(100) == 0 ? i / 2 : i;
    const std::int64_t label = number % 77;
    YUPU_RETURN_IF_ERROR(file.write(
        number % 2 == 0
            ? fmt::format("\"请问第 {} 号订单, 什么时候能发货? 我已经等了很久了。\",intent_{},zh\n", number, label)
            : fmt::format("\"When will order {} be shipped, please? It has been \"\"late\"\".\",intent_{},en\n", number,
                          label)));
  }
  return file.close();
}

yupu::Status run(std::int64_t row_count) {
  const yupu::testing::TempDir folder;
  const std::string path = folder.file("rows.csv");
  YUPU_RETURN_IF_ERROR(write_rows(path, row_count));
  YUPU_ASSIGN_OR_RETURN(const auto store, yupu::store::open_store("sqlite:" + folder.file("yupu.db")));
  const yupu::SystemClock clock;
  yupu::handoff::SilentProgress progress;
  const yupu::data::ImportOptions options{.name = "bench",
                                          .sources = {{.path = path, .name = "rows.csv", .label_column = "intent"}}};
  const std::int64_t begin_ns = clock.monotonic_ns();
  YUPU_ASSIGN_OR_RETURN(const auto record, yupu::data::import_dataset(options, folder.path(), *store, clock, progress));
  const double seconds = static_cast<double>(clock.monotonic_ns() - begin_ns) * 1e-9;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::int64_t kept = 0;
  for (const auto& [split, rows] : record.body["row_counts"].items()) kept += rows.get<std::int64_t>();
  if (kept + record.body["rejected_count"].get<std::int64_t>() != row_count)
    return yupu::internal_error("rows went missing");
  std::printf("rows,kept,seconds,rows_per_s,resident_max_mb\n%ld,%ld,%.2f,%.0f,%.1f\n", static_cast<long>(row_count),
              static_cast<long>(kept), seconds, static_cast<double>(row_count) / seconds,
              static_cast<double>(usage.ru_maxrss) / 1024);
  if (row_count <= 1'000'000 && usage.ru_maxrss > kMemoryMaxKb)
    return yupu::internal_error("more than 200 MB of memory");
  return yupu::ok_status();
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t row_count = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const yupu::Status status = run(row_count);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.to_string().c_str());
  return status.ok() ? 0 : 1;
}
