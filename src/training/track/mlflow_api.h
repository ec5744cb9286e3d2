// The calls of MLflow's REST interface that a run needs.  Threads: one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "http/client.h"
#include "training/track/mlflow.h"

namespace yupu::training {

struct MlflowMetric {
  std::string key;
  double value = 0.0;
  std::int64_t timestamp_ms = 0;
  std::int64_t step = 0;
};

using MlflowPairs = std::vector<std::pair<std::string, std::string>>;

// Outcomes of every call: kUnavailable (cannot be reached, 429, 5xx: worth asking again), kInvalidArgument (refused: it
// would be refused again), kNotFound, kInternal (not the answer of an MLflow server).
class MlflowApi {
 public:
  explicit MlflowApi(const MlflowOptions& server);

  // The id of the experiment of that name; made when it is missing.
  Result<std::string> experiment_id(const std::string& name);
  // The newest run with this tag, or nothing.
  Result<std::optional<std::string>> find_run(const std::string& experiment, const std::string& tag,
                                              const std::string& value);
  Result<std::string> create_run(const std::string& experiment, const std::string& name, std::int64_t start_ms,
                                 const MlflowPairs& tags);
  Status log_metrics(const std::string& run_id, std::span<const MlflowMetric> metrics);
  Status log_params(const std::string& run_id, const MlflowPairs& params);
  // `status`: RUNNING, FINISHED, FAILED, KILLED.  `end_ms` 0: the run goes on.
  Status update_run(const std::string& run_id, std::string_view status, std::int64_t end_ms);

  static constexpr std::size_t kMetricsMax = 1000;  // of one call
  static constexpr std::size_t kParamsMax = 100;

 private:
  Result<Json> call(std::string_view method, std::string_view path, const std::string& body);
  http::Client client_;
  std::string prefix_;
};

}  // namespace yupu::training
