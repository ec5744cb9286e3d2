#include "handoff/types.h"

#include <tuple>
#include <type_traits>

#include <fmt/format.h>

namespace yupu::handoff {
namespace {

// One member of a record: its key in JSON and where it lives.
template <class T>
struct Member {
  const char* key;
  T& value;
};
template <class T>
Member(const char* key, T& value) -> Member<T>;  // clang 14 does not deduce aggregates by itself

// The one place that knows the members of each record; reading and writing both go through it.
template <class Record>
auto members_of(Record& record) {
  using Kind = std::remove_const_t<Record>;
  if constexpr (std::is_same_v<Kind, Dataset>) {
    return std::tuple(Member{"directory", record.directory}, Member{"content_sha256", record.content_sha256},
                      Member{"row_counts", record.row_counts}, Member{"label_counts", record.label_counts},
                      Member{"labels", record.labels}, Member{"source_sha256", record.source_sha256},
                      Member{"rejected_count", record.rejected_count},
                      Member{"duplicate_count", record.duplicate_count},
                      Member{"conflict_count", record.conflict_count});
  } else if constexpr (std::is_same_v<Kind, Run>) {
    return std::tuple(Member{"dataset_id", record.dataset_id}, Member{"task", record.task},
                      Member{"model_directory", record.model_directory},
                      Member{"weights_sha256", record.weights_sha256}, Member{"config", record.config},
                      Member{"version", record.version}, Member{"figures", record.figures},
                      Member{"report", record.report});
  } else {
    static_assert(std::is_same_v<Kind, Release>);
    return std::tuple(Member{"run_id", record.run_id}, Member{"model_directory", record.model_directory},
                      Member{"weights_sha256", record.weights_sha256}, Member{"replaces", record.replaces},
                      Member{"gate", record.gate});
  }
}

template <class Record>
Json write(const Record& record) {
  Json json = Json::object();
  std::apply([&](const auto&... member) { ((json[member.key] = member.value), ...); }, members_of(record));
  return json;
}

// Reads one member; the error names document and member.
template <class T>
Status read_member(const Json& json, std::string_view document, const Member<T>& member) {
  const auto it = json.find(member.key);
  if (it == json.end()) return invalid_argument(fmt::format("{}: '{}' is missing", document, member.key), member.key);
  try {
    member.value = it->template get<T>();
  } catch (const nlohmann::json::exception&) {
    return invalid_argument(fmt::format("{}: '{}' has the wrong type ({})", document, member.key, it->type_name()),
                            member.key);
  }
  return ok_status();
}

template <class Record>
Result<Record> read(const Json& json, std::string_view document) {
  Record record;
  Status status;
  std::apply(
      [&](const auto&... member) {
        // Ends at the first that is wrong.
        (void)((status = read_member(json, document, member), status.ok()) && ...);
      },
      members_of(record));
  if (!status.ok()) return status;
  return record;
}

}  // namespace

Json Dataset::to_json() const { return write(*this); }
Result<Dataset> Dataset::from_json(const Json& json) { return read<Dataset>(json, "dataset record"); }

Json Run::to_json() const { return write(*this); }
Result<Run> Run::from_json(const Json& json) { return read<Run>(json, "run record"); }

Json Release::to_json() const { return write(*this); }
Result<Release> Release::from_json(const Json& json) { return read<Release>(json, "release record"); }

}  // namespace yupu::handoff
