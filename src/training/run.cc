#include "training/run.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "handoff/types.h"

namespace yupu::training {
namespace {

// Two runs of other rows or options never share a pending folder; the checkpoint inside checks the rows themselves.
std::string pending_folder(const RunOptions& options) {
  Sha256 hash;
  hash.field(options.name).field(options.dataset_id).field(to_text(deciding_options(options.train)));
  return fmt::format("runs/pending-{}", hash.finish_hex().substr(0, 16));
}

}  // namespace

Result<handoff::Record> train_run(const RunOptions& options, handoff::Progress& progress) {
  const std::string pending = pending_folder(options);
  TrainOptions train_options = options.train;
  train_options.out = fmt::format("{}/{}/model", options.workdir, pending);
  train_options.lineage = {{"dataset_id", options.dataset_id}, {"name", options.name}, {"version", options.version}};
  YUPU_ASSIGN_OR_RETURN(const TrainResult result, train(train_options, progress));

  const std::string folder = "runs/" + result.weights_sha256.substr(0, 20);
  YUPU_RETURN_IF_ERROR(
      replace_directory(fmt::format("{}/{}", options.workdir, pending), fmt::format("{}/{}", options.workdir, folder)));
  handoff::Run run{.dataset_id = options.dataset_id,
                   .task = "classify",
                   .model_directory = folder + "/model",
                   .weights_sha256 = result.weights_sha256,
                   .config = {{"options", deciding_options(options.train)}, {"encoder", result.encoder_config}},
                   .version = options.version,
                   .figures = result.figures,
                   .report = result.test ? Json(result.test->to_json()) : Json()};
  return handoff::make_record("run", options.name, {options.dataset_id}, run.to_json(), options.now_ns);
}

}  // namespace yupu::training
