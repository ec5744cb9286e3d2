// A run on an MLflow tracking server, over its REST interface (mlflow.org/docs/latest/rest-api.html, version 2.0):
//
//   GET  experiments/get-by-name, POST experiments/create     the experiment, made when it is missing
//   POST runs/search, runs/create, runs/log-batch, runs/update
//
// A thread of its own speaks with the server; the training thread only puts figures into a queue (at most
// `waiting_max`; beyond that the oldest go and are counted).  A server that cannot be reached is asked again, with
// growing pauses, for as long as the run lasts, and at its end until nothing has arrived for `drain_ms`.  A kill -9
// loses what still waited.
// Idempotency  the run carries tags with its key and the sitting's own id; what was created while the answer got lost
// is
//              found again by them, and a run that goes on from a checkpoint goes on in the same MLflow run.
// Limits       the server's own: 1000 metrics, 100 parameters a batch; a parameter's value is cut at 6000 bytes.
// Threads      RunObserver's; one sender inside.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "training/track/tracker.h"

namespace yupu::training {

struct MlflowOptions {
  std::string host;
  std::uint16_t port = 80;
  std::string prefix;  // of every path: "/tracking"
  std::string experiment = "yupu";
  int send_every_ms = 1000;
  int retry_first_ms = 1000;
  int retry_most_ms = 30'000;
  int request_timeout_ms = 10'000;
  int drain_ms = 15'000;  // at the run's end: how long nothing may arrive
  std::size_t waiting_max = 200'000;
};

// "http://HOST[:PORT][/PREFIX][?experiment=NAME]".  Outcomes  kInvalidArgument: anything else; https too, because
// http/client.h speaks no TLS (put a local proxy in front).
Result<MlflowOptions> parse_mlflow_url(std::string_view url);

std::unique_ptr<RunObserver> make_mlflow(const MlflowOptions& server, const TrackOptions& options);
Result<std::unique_ptr<RunObserver>> open_mlflow(const std::string& target, const TrackOptions& options);

}  // namespace yupu::training
