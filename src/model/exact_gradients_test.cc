// The whole classifier, with and without each kind of adapter, against 64 bits: the forward pass written out over
// engine/testing/reference.h, and the gradient of every weight by central differences of it.
#include "engine/testing/exact_gradients.h"

#include <map>

#include "engine/ops/cross_entropy/cross_entropy.h"
#include "model/adapters/adapter.h"
#include "model/encoder/encoder.h"
#include "model/heads/classification/classification.h"

namespace yupu::model {
namespace {

namespace reference = engine::reference;
using engine::Activation;
using reference::Matrix;

constexpr std::uint64_t kSeed = 9, kStep = 4;
const std::vector<std::int32_t> kLabels = {2, 0, 1};

EncoderConfig small_config() {
  EncoderConfig config;
  config.vocab_size = 9;
  config.hidden_size = 8;
  config.intermediate_size = 12;
  config.position_count = 5;
  config.hidden_dropout = config.attention_dropout = config.classifier_dropout = 0.2f;
  return config;
}

engine::PackedBatch small_batch() {
  engine::PackedBatch batch;
  batch.append({1, 3, 5, 1}, {0, 0, 1, 1}, 70);
  batch.append({8}, {}, 71);
  batch.append({2, 6, 7, 4, 2}, {}, 72);
  return batch;
}

// The model in 64 bits.  Weights by their name in a file without "bert."; an adapter's own stand for the base's.
class ExactModel {
 public:
  ExactModel(const EncoderConfig& config, const EncoderBatch& batch) : config_(config), batch_(batch) {}

  std::map<std::string, Matrix> weights;
  double scale = 1.0;  // of the low-rank terms

  double loss() const {
    Matrix x = reference::embedding(weights.at("embeddings.word_embeddings.weight"),
                                    weights.at("embeddings.position_embeddings.weight"),
                                    weights.at("embeddings.token_type_embeddings.weight"), batch_.packed);
    x = reference::dropout(norm(x, "embeddings.LayerNorm"), drop(config_.hidden_dropout, 0, batch_.tokens));
    for (std::int64_t i = 0; i < config_.layer_count; ++i) x = layer(x, i);
    const Matrix first = reference::gather_rows(x, batch_.first_tokens);
    const Matrix pooled = reference::activate(Activation::kTanh, changed(first, "pooler.dense"));
    const std::uint32_t site = 1 + 3 * static_cast<std::uint32_t>(config_.layer_count);
    const Matrix seen = reference::dropout(pooled, drop(config_.classifier_dropout, site, batch_.sequences));
    const Matrix logits = reference::linear(seen, weights.at("classifier.weight"), weights.at("classifier.bias"));
    return reference::cross_entropy(logits, kLabels, 0, true).values[0];
  }

 private:
  const Matrix* find(const std::string& name) const {
    const auto it = weights.find(name);
    return it == weights.end() ? nullptr : &it->second;
  }
  engine::Dropout drop(float probability, std::uint32_t site, const engine::RowKeys& rows) const {
    return {.probability = probability, .key = {kSeed, kStep, site}, .rows = &rows};
  }
  Matrix norm(const Matrix& x, const std::string& path) const {
    return reference::layer_norm(x, weights.at(path + ".weight"), weights.at(path + ".bias"),
                                 static_cast<double>(config_.layer_norm_epsilon));
  }
  // A linear layer and the low-rank change it may carry.
  Matrix changed(const Matrix& x, const std::string& path) const {
    Matrix y = reference::linear(x, weights.at(path + ".weight"), weights.at(path + ".bias"));
    for (const std::string ending : {".weight", ""}) {
      if (const Matrix* down = find(path + ".lora_A" + ending)) {
        y = reference::add(
            y, reference::low_rank(x, *down, weights.at(path + ".lora_B" + ending), find(path + ".lora_E"), scale));
      }
    }
    return y;
  }
  // h, or h with the bottleneck behind it.
  Matrix bottleneck(Matrix h, const std::string& path) const {
    if (find(path + ".adapter.up.weight") == nullptr) return h;
    const Matrix down = reference::linear(h, weights.at(path + ".adapter.down.weight"),
                                          weights.at(path + ".adapter.down.bias"), Activation::kGelu);
    return reference::add(std::move(h), reference::linear(down, weights.at(path + ".adapter.up.weight"),
                                                          weights.at(path + ".adapter.up.bias")));
  }
  Matrix layer(const Matrix& x, std::int64_t index) const {
    const std::string path = "encoder.layer." + std::to_string(index) + ".";
    const std::string self = path + "attention.self.", output = path + "attention.output";
    const auto site = static_cast<std::uint32_t>(1 + 3 * index);
    const Matrix attended = reference::attention(
        changed(x, self + "query"), changed(x, self + "key"), changed(x, self + "value"), batch_.packed,
        static_cast<std::size_t>(config_.head_count), drop(config_.attention_dropout, site, batch_.tokens));
    Matrix h =
        reference::dropout(changed(attended, output + ".dense"), drop(config_.hidden_dropout, site + 1, batch_.tokens));
    const Matrix a = norm(reference::add(x, bottleneck(std::move(h), output)), output + ".LayerNorm");
    const Matrix up = reference::activate(Activation::kGelu, changed(a, path + "intermediate.dense"));
    Matrix f =
        reference::dropout(changed(up, path + "output.dense"), drop(config_.hidden_dropout, site + 2, batch_.tokens));
    return norm(reference::add(a, bottleneck(std::move(f), path + "output")), path + "output.LayerNorm");
  }

  const EncoderConfig& config_;
  const EncoderBatch& batch_;
};

// A slice of a parameter's gradient, as a binding cuts its value.
engine::Tensor gradient_of(const TensorBinding& binding) {
  engine::Parameter& parameter = *binding.parameter;
  parameter.make_grad_dense();
  EXPECT_TRUE(parameter.has_grad) << binding.name;
  if (parameter.value.element_count() == binding.tensor.element_count()) return parameter.grad;
  const std::int64_t width = parameter.value.element_count() / parameter.value.size(0);
  const std::int64_t row = (binding.tensor.f32() - parameter.value.f32()) / width;
  return parameter.grad.rows(row, row + binding.tensor.size(0));
}

void scatter(std::span<engine::Parameter* const> parameters, std::uint64_t seed) {
  for (engine::Parameter* parameter : parameters) {
    const engine::Tensor noise = engine::random_tensor(parameter->value.shape(), seed++, 0.3);
    for (std::size_t i = 0; i < noise.values().size(); ++i) parameter->value.values()[i] += noise.values()[i];
    parameter->value_changed();
  }
}

void check_model(const std::string& method) {
  const EncoderConfig config = small_config();
  const Encoder encoder(config, 1);
  const ClassificationHead head(3, config, 1);
  scatter(encoder.parameters(), 100);
  scatter(head.parameters(), 200);
  const EncoderBatch batch(small_batch());
  ExactModel exact(config, batch);
  std::unique_ptr<Adapter> adapter;
  std::vector<TensorBinding> trained = head.tensors();
  for (const TensorBinding& binding : encoder.tensors())
    exact.weights[binding.name] = engine::matrix_of(binding.tensor);
  if (method == "full") {
    for (TensorBinding& binding : encoder.tensors()) trained.push_back(std::move(binding));
  } else {
    AdapterConfig options;
    options.method = method;
    options.rank = 3;
    options.target_rank = 2;
    options.bottleneck = 4;
    options.targets = {"all-linear"};
    auto created = Adapter::create(options, encoder, 5);
    ASSERT_TRUE(created.ok()) << created.status().to_string();
    adapter = std::move(*created);
    for (engine::Parameter* parameter : encoder.parameters()) parameter->trainable = false;
    scatter(adapter->parameters(), 300);
    exact.scale = method == "houlsby" ? 1.0 : static_cast<double>(adapter->low_rank({0, Module::kQuery}).scale);
    for (engine::Parameter* parameter : adapter->parameters()) {
      trained.push_back({parameter->name.substr(std::string("bert.").size()), parameter->value, parameter});
    }
  }
  for (const TensorBinding& binding : trained) exact.weights[binding.name] = engine::matrix_of(binding.tensor);

  engine::ExecutionContext context(2);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  const DropoutStep step{.seed = kSeed, .step = kStep};
  const AdapterSegment whole{adapter.get(), 0, batch.packed.sequence_count()};
  const engine::Var pooled = encoder.pooled(tape, batch, step, {&whole, 1});
  const engine::Var loss =
      engine::cross_entropy(head.logits(tape, pooled, batch.sequences, encoder.dropout_sites(), step), kLabels);
  EXPECT_NEAR(loss.value().item(), exact.loss(), 1e-5) << method;
  tape.backward(loss);
  for (const TensorBinding& binding : trained) {
    const std::vector<double> slopes =
        engine::central_differences(exact.weights.at(binding.name).values, [&] { return exact.loss(); });
    engine::expect_near(gradient_of(binding), slopes, (method + " " + binding.name).c_str(), 1e-4);
  }
}

TEST(ExactModelGradients, FullFineTuning) { check_model("full"); }
TEST(ExactModelGradients, Lora) { check_model("lora"); }
TEST(ExactModelGradients, AdaLora) { check_model("adalora"); }
TEST(ExactModelGradients, Houlsby) { check_model("houlsby"); }

}  // namespace
}  // namespace yupu::model
