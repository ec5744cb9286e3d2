#include "handoff/types.h"

#include <fmt/format.h>

namespace yupu::handoff {
namespace {

// Reads one member into `out`; the error names document and member.
template <class T>
Status read(const Json& json, std::string_view document, const char* key, T& out) {
  const auto it = json.find(key);
  if (it == json.end()) return invalid_argument(fmt::format("{}: '{}' is missing", document, key), key);
  try {
    out = it->get<T>();
  } catch (const nlohmann::json::exception&) {
    return invalid_argument(fmt::format("{}: '{}' has the wrong type ({})", document, key, it->type_name()), key);
  }
  return ok_status();
}

}  // namespace

Json Dataset::to_json() const {
  return {{"directory", directory},
          {"content_sha256", content_sha256},
          {"row_counts", row_counts},
          {"label_counts", label_counts},
          {"labels", labels},
          {"source_sha256", source_sha256},
          {"rejected_count", rejected_count},
          {"duplicate_count", duplicate_count},
          {"conflict_count", conflict_count}};
}

Result<Dataset> Dataset::from_json(const Json& json) {
  Dataset dataset;
  constexpr std::string_view kWhat = "dataset record";
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "directory", dataset.directory));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "content_sha256", dataset.content_sha256));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "row_counts", dataset.row_counts));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "label_counts", dataset.label_counts));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "labels", dataset.labels));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "source_sha256", dataset.source_sha256));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "rejected_count", dataset.rejected_count));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "duplicate_count", dataset.duplicate_count));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "conflict_count", dataset.conflict_count));
  return dataset;
}

Json Run::to_json() const {
  return {{"dataset_id", dataset_id},
          {"task", task},
          {"model_directory", model_directory},
          {"weights_sha256", weights_sha256},
          {"config", config},
          {"version", version},
          {"figures", figures},
          {"report", report}};
}

Result<Run> Run::from_json(const Json& json) {
  Run run;
  constexpr std::string_view kWhat = "run record";
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "dataset_id", run.dataset_id));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "task", run.task));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "model_directory", run.model_directory));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "weights_sha256", run.weights_sha256));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "config", run.config));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "version", run.version));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "figures", run.figures));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "report", run.report));
  return run;
}

Json Release::to_json() const {
  return {{"run_id", run_id},
          {"model_directory", model_directory},
          {"weights_sha256", weights_sha256},
          {"replaces", replaces},
          {"gate", gate}};
}

Result<Release> Release::from_json(const Json& json) {
  Release release;
  constexpr std::string_view kWhat = "release record";
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "run_id", release.run_id));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "model_directory", release.model_directory));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "weights_sha256", release.weights_sha256));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "replaces", release.replaces));
  YUPU_RETURN_IF_ERROR(read(json, kWhat, "gate", release.gate));
  return release;
}

}  // namespace yupu::handoff
