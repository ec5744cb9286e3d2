#include "model/decoder/decoder_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "model/checkpoint/huggingface.h"

namespace yupu::model {
namespace {

constexpr std::string_view kPrefix = "transformer.";
constexpr std::string_view kHead = "lm_head.weight";
constexpr std::size_t kConfigBytesMax = 16 << 20;

std::string plain_name(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return std::string(name);
}

bool is_passed_over(std::string_view name) {
  return name == kHead || name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");
}

// to (R,K) = from (K,R) turned, in squares that stay in the cache.
void transpose(const engine::Tensor& from, const engine::Tensor& to) {
  constexpr std::int64_t kSquare = 32;
  const std::int64_t rows = from.size(0), columns = from.size(1);
  for (std::int64_t r0 = 0; r0 < rows; r0 += kSquare) {
    for (std::int64_t c0 = 0; c0 < columns; c0 += kSquare) {
      for (std::int64_t r = r0; r < std::min(rows, r0 + kSquare); ++r) {
        for (std::int64_t c = c0; c < std::min(columns, c0 + kSquare); ++c)
          to.f32()[c * rows + r] = from.f32()[r * columns + c];
      }
    }
  }
}

engine::Tensor turned(const engine::Tensor& tensor) { return engine::Tensor::empty({tensor.size(1), tensor.size(0)}); }

}  // namespace

Result<DecoderConfig> read_decoder_config(const std::string& directory) {
  const std::string path = directory + "/config.json";
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, kConfigBytesMax));
  auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  return DecoderConfig::from_json(*json, path);
}

Status load_decoder(const std::string& directory, Decoder& decoder) {
  std::vector<TensorBinding> bindings;
  const std::vector<DecoderTensor> tensors = decoder.tensors();
  for (const DecoderTensor& tensor : tensors) {
    const engine::Tensor& value = tensor.parameter->value;
    bindings.push_back({tensor.parameter->name, tensor.transposed ? turned(value) : value, tensor.parameter});
  }
  const auto read = load_named_weights(
      directory, bindings,
      {.plain = plain_name, .may_be_absent = [](std::string_view) { return false; }, .passed_over = is_passed_over});
  if (!read.ok()) return read.status();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].transposed) transpose(bindings[i].tensor, tensors[i].parameter->value);
  }
  return ok_status();
}

Status save_decoder(const std::string& directory, const Decoder& decoder, const DecoderConfig& config,
                    FloatFormat floats) {
  OrderedJson json;
  json["architectures"] = {"GPT2LMHeadModel"};
  config.write_to(json);
  json["torch_dtype"] = floats == FloatFormat::kF16 ? "float16" : "float32";
  YUPU_RETURN_IF_ERROR(write_file_atomic(directory + "/config.json",
                                         json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n"));
  std::vector<std::pair<std::string, engine::Tensor>> tensors;
  for (const DecoderTensor& tensor : decoder.tensors()) {
    engine::Tensor value = tensor.parameter->value;
    if (tensor.transposed) {
      value = turned(value);
      transpose(tensor.parameter->value, value);
    }
    tensors.emplace_back(fmt::format("{}{}", kPrefix, tensor.parameter->name), std::move(value));
  }
  return write_safetensors(fmt::format("{}/{}", directory, kWeightsFile), tensors, {}, floats);
}

}  // namespace yupu::model
