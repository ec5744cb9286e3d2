// What a masked-language model says about the texts on standard input (one a line), every third token hidden: one JSON
// object each, for bench/peers/mlm_check.py.
//   tasks_masked_loss_bench DIRECTORY < texts
#include <cstdio>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "tasks/mlm/masked_model.h"

namespace yupu::tasks {
namespace {

Json judge(const MaskedModel& model, engine::ExecutionContext& context, const std::string& line) {
  const text::Encoding encoding =
      model.tokenizer().encode(line, {.max_length = static_cast<std::int32_t>(model.config().position_count)});
  std::vector<std::int32_t> ids = encoding.ids, rows, labels;
  for (std::size_t i = 1; i + 1 < ids.size(); i += 3) {
    rows.push_back(static_cast<std::int32_t>(i));
    labels.push_back(ids[i]);
    ids[i] = *model.tokenizer().special_ids().mask;
  }
  engine::PackedBatch packed;
  packed.append(ids, {}, 0);
  const model::EncoderBatch batch(std::move(packed));
  engine::Tape tape(context, engine::Tape::Mode::kInference);
  Json logits = Json::array();
  const engine::Var z = model.logits(tape, batch, rows);
  for (std::int64_t k = 0; !rows.empty() && k < z.size(1); ++k) logits.push_back(z.value().f32()[k]);
  return {{"ids", encoding.ids},
          {"loss", model.loss(tape, batch, rows, labels).value().item()},
          {"first_row", std::move(logits)}};
}

Status run(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const auto model, MaskedModel::load(directory, 1, 0.0f));
  engine::ExecutionContext context(0);
  std::string line;
  while (std::getline(std::cin, line)) fmt::print("{}\n", to_text(judge(*model, context, line)));
  return ok_status();
}

}  // namespace
}  // namespace yupu::tasks

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: tasks_masked_loss_bench DIRECTORY < texts\n");
    return 2;
  }
  const yupu::Status status = yupu::tasks::run(argv[1]);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.to_string());
  return status.ok() ? 0 : 1;
}
