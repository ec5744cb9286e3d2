// Model directories in HuggingFace's layout: config.json and model.safetensors with HuggingFace's names, so that the
// reference library opens what yupu saves and the other way round.
//
// Read leniently where the world is old: the "bert." in front of a name may be absent, layer norms may be called
// gamma and beta, weights may be F16, BF16 or F64.  What only pre-training needs (cls.*) is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/checkpoint/safetensors.h"
#include "model/encoder/encoder.h"
#include "model/encoder/encoder_config.h"

namespace yupu::model {

struct ModelConfig {
  EncoderConfig encoder;
  std::string architecture;         // "BertForSequenceClassification"; empty when config.json does not say
  std::vector<std::string> labels;  // id2label in order; empty when config.json names none
  // What the reference library trains the labels as: "single_label_classification", "multi_label_classification",
  // "regression"; empty when config.json does not say.  Written empty: one output a regression, more a single label.
  std::string problem_type = {};
};
inline constexpr std::string_view kMultilabelProblem = "multi_label_classification";

// Outcomes  kNotFound: no directory or no config.json; kInvalidArgument: file and member.
Result<ModelConfig> read_model_config(const std::string& directory);
Status write_model_config(const std::string& directory, const ModelConfig& config,
                          FloatFormat floats = FloatFormat::kF32);

// The class that config.json names first, of whatever kind of model; empty when it names none or cannot be read.
std::string told_architecture(const std::string& directory);
// The same of its problem type.
std::string told_problem_type(const std::string& directory);

// Where a model's values lie once it is loaded.
enum class Placement : std::uint8_t {
  // In memory of its own: for training, and for whoever runs for long, which a file cut off under a map would end.
  kCopied,
  // In the mapped file, wherever it holds them as they are used: a process that answers and goes is ready sooner and
  // shares the pages with others.  Values may be written, which copies their page.  Replacing the file by renaming
  // another over it is safe; writing into it is not (base/file.h).
  kMapped,
};

// Reads `directory`/model.safetensors into the bindings (names without "bert.").  A name that begins with one of
// `optional` may be absent from the file; the names that were are returned.  A tensor of the file that no binding wants
// is an error, unless its name begins with one of `ignored` or only pre-training needs it.
// Outcomes  kNotFound: no such file; kInvalidArgument: a tensor is missing, unknown, of another shape (both shapes in
// the message) or not finite.  After an error the bindings hold a mixture: drop the model.
Result<std::vector<std::string>> load_weights(const std::string& directory, std::span<const TensorBinding> bindings,
                                              std::span<const std::string_view> optional,
                                              std::span<const std::string_view> ignored,
                                              Placement placement = Placement::kCopied);

// The same under an architecture's own rules for the names of a file.
struct NameRules {
  std::string (*plain)(std::string_view name);          // as the bindings call it
  std::function<bool(std::string_view)> may_be_absent;  // of a binding
  std::function<bool(std::string_view)> passed_over;    // of a tensor that no binding wants, plain
};
Result<std::vector<std::string>> load_named_weights(const std::string& directory,
                                                    std::span<const TensorBinding> bindings, const NameRules& rules,
                                                    Placement placement = Placement::kCopied);

// What the reference library calls an encoder's tensors depends on the class a directory is opened as.
enum class EncoderNames : std::uint8_t {
  kUnderBert,  // "bert." in front of every name that is not a head's ("classifier.", "cls."): Bert...For...
  kBare,       // as they are: BertModel, the encoder alone
};

// Writes `directory`/model.safetensors.  Outcomes  those of write_safetensors.
Status save_weights(const std::string& directory, std::span<const TensorBinding> bindings,
                    FloatFormat floats = FloatFormat::kF32, EncoderNames names = EncoderNames::kUnderBert);

inline constexpr std::string_view kWeightsFile = "model.safetensors";

}  // namespace yupu::model
