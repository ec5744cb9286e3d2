// Embeddings of the texts on standard input (one a line) by the encoder in a model directory, one JSON line each:
// {"ids", "last": [[...]...], "mean", "cls", "pooled"}.  bench/peers/hf_roundtrip.py compares them with the reference
// library.
//   model_embeddings_bench DIRECTORY < texts
#include <cstdio>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "model/checkpoint/huggingface.h"
#include "model/encoder/encoder.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::model {
namespace {

std::vector<float> values_of(const engine::Tensor& tensor) { return {tensor.values().begin(), tensor.values().end()}; }

Status run(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const ModelConfig config, read_model_config(directory));
  YUPU_ASSIGN_OR_RETURN(const auto tokenizer, text::load_tokenizer(directory));
  Encoder encoder(config.encoder, 1, FreshWeights::kLoaded);
  constexpr std::string_view kPooler[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  YUPU_ASSIGN_OR_RETURN(const auto absent, load_weights(directory, encoder.tensors(), kPooler, kHeads));
  if (!absent.empty()) encoder.draw_pooler(1);
  for (const std::string& name : absent) fmt::print(stderr, "{}: not in the file, fresh\n", name);
  engine::ExecutionContext context(0);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto limit = static_cast<std::int32_t>(config.encoder.position_count);
    const text::Encoding encoding = tokenizer->encode(line, {.max_length = limit});
    engine::PackedBatch packed;
    packed.append(encoding.ids, encoding.type_ids, 0);
    const EncoderBatch batch(std::move(packed));
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    const engine::Var last = encoder.hidden(tape, batch);
    const engine::Var mean = engine::mean_pool(last, batch.packed.cu_seqlens);
    Json json = {{"ids", encoding.ids},
                 {"mean", values_of(mean.value())},
                 {"pooled", values_of(encoder.pooled(tape, batch).value())}};
    json["cls"] = values_of(last.value().rows(0, 1));
    json["last"] = Json::array();
    for (std::int64_t row = 0; row < last.size(0); ++row)
      json["last"].push_back(values_of(last.value().rows(row, row + 1)));
    fmt::print("{}\n", to_text(json));
  }
  return ok_status();
}

}  // namespace
}  // namespace yupu::model

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: model_embeddings_bench DIRECTORY < texts\n");
    return 2;
  }
  const yupu::Status status = yupu::model::run(argv[1]);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.to_string());
  return status.ok() ? 0 : 1;
}
