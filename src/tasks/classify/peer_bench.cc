// yupu's side of bench/peers: does the work a peer does, on the same weights and token ids, and says how long it took.
// One JSON object a line in, one a line out; the process stays, so that the driver can alternate it with a peer's.
//   tasks_peer_bench [threads] [fp32|bf16]            bf16: the operands of the linear layers' products are rounded to
//   it
//   {"do":"load","model":DIR}                          a classifier's directory, or an adapter's with its base
//   {"do":"logits","texts":[IDS..]}                    -> {"logits":[[..]..]}        all of them, in order
//   {"do":"infer","batches":[[IDS..]..]}               -> {"ms":[..]}                one answer per batch
//   {"do":"train","batches":[{"ids":[IDS..],"labels":[..]}..],"lr","clip"}   -> {"losses":[..],"ms":[..]}
//        an adapter trains alone with its head; forward, backward, clipping, AdamW; the optimiser lives on to the next
//   {"do":"tenants","model":DIR,"adapters":[DIR..]}    a base and the adapters that share it
//   {"do":"mixed","texts":[IDS..],"rounds":N,"adapted":BOOL}  -> {"logits","ms"}     text i through adapter i, or none
//   {"do":"tokenizer","model":DIR}
//   {"do":"tokenize","texts":[TEXT..],"rounds":N}      -> {"ids":[IDS..],"ms":[..]}
//   {"do":"peak"}                                      -> {"peak_kb":N}              of the whole process
// Milliseconds are wall time without the parsing of the request.
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/json.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/optim/adamw.h"
#include "model/adapters/files.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

using Ids = std::vector<std::int32_t>;

double ms_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

engine::PackedBatch packed_of(const std::vector<Ids>& texts) {
  engine::PackedBatch packed;
  for (std::size_t i = 0; i < texts.size(); ++i) packed.append(texts[i], {}, i);
  return packed;
}

std::vector<text::Encoding> encodings_of(const std::vector<Ids>& texts) {
  std::vector<text::Encoding> encodings(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    encodings[i].ids = texts[i];
    encodings[i].type_ids.assign(texts[i].size(), 0);
  }
  return encodings;
}

// Rows of logits, as lists.
Json rows_of(const engine::Tensor& logits) {
  Json rows = Json::array();
  for (std::int64_t row = 0; row < logits.size(0); ++row) {
    const auto values = logits.rows(row, row + 1).values();
    rows.push_back(std::vector<float>(values.begin(), values.end()));
  }
  return rows;
}

// Tenants on one base: model-level, with the head they share.
struct Tenants {
  std::unique_ptr<model::Encoder> base;
  std::unique_ptr<model::ClassificationHead> head;
  std::vector<std::unique_ptr<model::Adapter>> adapters;
};

class Session {
 public:
  Session(int threads, engine::Precision precision) : context_(threads, precision) {}

  Result<Json> answer(const Json& request) {
    YUPU_ASSIGN_OR_RETURN(const std::string what, json_string(request, "do", "request"));
    if (what == "load") return load(request);
    if (what == "logits") return logits(request);
    if (what == "infer") return infer(request);
    if (what == "train") return train(request);
    if (what == "tenants") return open_tenants(request);
    if (what == "mixed") return mixed(request);
    if (what == "tokenizer") return open_tokenizer(request);
    if (what == "tokenize") return tokenize(request);
    if (what == "peak") return peak();
    return invalid_argument(fmt::format("request: no such thing to do: {}", what), "do");
  }

 private:
  Result<Json> load(const Json& request) {
    YUPU_ASSIGN_OR_RETURN(const std::string directory, json_string(request, "model", "load"));
    optimizer_.reset();
    classifier_.reset();
    YUPU_ASSIGN_OR_RETURN(classifier_, Classifier::load(directory));
    return Json{{"labels", classifier_->labels().size()}};
  }

  Result<Json> logits(const Json& request) {
    const auto texts = encodings_of(request.at("texts").get<std::vector<Ids>>());
    YUPU_ASSIGN_OR_RETURN(const auto rows, classifier_->logits(context_, texts));
    return Json{{"logits", rows}};
  }

  Result<Json> infer(const Json& request) {
    std::vector<double> times;
    for (const Json& batch : request.at("batches")) {
      const auto texts = encodings_of(batch.get<std::vector<Ids>>());
      Status status;
      times.push_back(ms_of([&] { status = classifier_->logits(context_, texts).status(); }));
      YUPU_RETURN_IF_ERROR(status);
    }
    return Json{{"ms", times}};
  }

  void begin_training() {
    if (optimizer_) return;
    const auto parameters = classifier_->parameters();
    if (const model::Adapter* adapter = classifier_->adapter()) {
      for (engine::Parameter* parameter : parameters) parameter->trainable = parameter->name.starts_with("classifier.");
      for (engine::Parameter* parameter : adapter->parameters()) parameter->trainable = true;
    }
    optimizer_ = std::make_unique<engine::AdamW>(parameters, engine::AdamWOptions{});
    tape_ = std::make_unique<engine::Tape>(context_, engine::Tape::Mode::kTraining);
  }

  // What training::Trainer does in an update of one batch.
  float step(const std::vector<Ids>& ids, const Ids& labels, float lr, double clip) {
    const model::EncoderBatch batch(packed_of(ids));
    const engine::Var loss = engine::cross_entropy(
        classifier_->forward(*tape_, batch, {}, {.seed = 1, .step = static_cast<std::uint64_t>(step_++)}), labels);
    const float value = loss.value().item();
    tape_->backward(loss);
    tape_->clear();
    const double norm = engine::gradient_norm(context_, optimizer_->parameters());
    optimizer_->step(context_, lr, engine::clip_scale(norm, clip));
    return value;
  }

  Result<Json> train(const Json& request) {
    YUPU_ASSIGN_OR_RETURN(const double lr, json_number(request, "lr", "train"));
    YUPU_ASSIGN_OR_RETURN(const double clip, json_number(request, "clip", "train"));
    begin_training();
    std::vector<float> losses;
    std::vector<double> times;
    for (const Json& batch : request.at("batches")) {
      const auto ids = batch.at("ids").get<std::vector<Ids>>();
      const auto labels = batch.at("labels").get<Ids>();
      times.push_back(ms_of([&] { losses.push_back(step(ids, labels, static_cast<float>(lr), clip)); }));
    }
    return Json{{"losses", losses}, {"ms", times}};
  }

  Result<Json> open_tenants(const Json& request) {
    YUPU_ASSIGN_OR_RETURN(const std::string directory, json_string(request, "model", "tenants"));
    YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
    tenants_ = std::make_unique<Tenants>();
    tenants_->base = std::make_unique<model::Encoder>(config.encoder, 0, model::FreshWeights::kLoaded);
    tenants_->head =
        std::make_unique<model::ClassificationHead>(static_cast<std::int64_t>(config.labels.size()), config.encoder, 0);
    auto bindings = tenants_->base->tensors();
    for (model::TensorBinding& binding : tenants_->head->tensors()) bindings.push_back(std::move(binding));
    YUPU_RETURN_IF_ERROR(model::load_weights(directory, bindings, {}, {}).status());
    for (const Json& path : request.at("adapters")) {
      YUPU_ASSIGN_OR_RETURN(const auto files, model::AdapterFiles::open(path.get<std::string>()));
      YUPU_ASSIGN_OR_RETURN(auto adapter, files.read(config.encoder, {}));
      tenants_->adapters.push_back(std::move(adapter));
    }
    return Json{{"adapters", tenants_->adapters.size()}};
  }

  engine::Tensor mixed_logits(const std::vector<Ids>& texts, bool adapted) {
    engine::Tape tape(context_, engine::Tape::Mode::kInference);
    const model::EncoderBatch batch(packed_of(texts));
    std::vector<model::AdapterSegment> segments;
    for (std::size_t i = 0; adapted && i < texts.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      segments.push_back({tenants_->adapters[i % tenants_->adapters.size()].get(), row, row + 1});
    }
    const engine::Var pooled = tenants_->base->pooled(tape, batch, {}, segments);
    return tenants_->head->logits(tape, pooled, batch.sequences, tenants_->base->dropout_sites()).value().clone();
  }

  Result<Json> mixed(const Json& request) {
    const auto texts = request.at("texts").get<std::vector<Ids>>();
    const bool adapted = request.at("adapted").get<bool>();
    YUPU_ASSIGN_OR_RETURN(const std::int64_t rounds, json_int(request, "rounds", "mixed"));
    const Json logits = rows_of(mixed_logits(texts, adapted));
    std::vector<double> times;
    for (std::int64_t i = 0; i < rounds; ++i) times.push_back(ms_of([&] { (void)mixed_logits(texts, adapted); }));
    return Json{{"logits", logits}, {"ms", times}};
  }

  Result<Json> open_tokenizer(const Json& request) {
    YUPU_ASSIGN_OR_RETURN(const std::string directory, json_string(request, "model", "tokenizer"));
    YUPU_ASSIGN_OR_RETURN(tokenizer_, text::load_tokenizer(directory));
    return Json{{"vocabulary", tokenizer_->vocab_size()}};
  }

  Result<Json> tokenize(const Json& request) {
    const auto texts = request.at("texts").get<std::vector<std::string>>();
    YUPU_ASSIGN_OR_RETURN(const std::int64_t rounds, json_int(request, "rounds", "tokenize"));
    std::vector<text::Encoding> encodings(texts.size());
    std::vector<double> times;
    for (std::int64_t round = 0; round < rounds; ++round) {
      times.push_back(ms_of([&] {
        for (std::size_t i = 0; i < texts.size(); ++i) encodings[i] = tokenizer_->encode(texts[i]);
      }));
    }
    Json ids = Json::array();
    for (const text::Encoding& encoding : encodings) ids.push_back(encoding.ids);
    return Json{{"ids", std::move(ids)}, {"ms", times}};
  }

  static Result<Json> peak() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return Json{{"peak_kb", usage.ru_maxrss}};
  }

  engine::ExecutionContext context_;
  std::unique_ptr<Classifier> classifier_;
  std::unique_ptr<engine::AdamW> optimizer_;
  std::unique_ptr<engine::Tape> tape_;
  std::unique_ptr<Tenants> tenants_;
  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::int64_t step_ = 0;
};

Status serve(Session& session) {
  constexpr JsonLimits kLimits{.bytes_max = std::size_t{256} << 20};
  std::string line;
  while (std::getline(std::cin, line)) {
    YUPU_ASSIGN_OR_RETURN(const Json request, parse_json(line, kLimits));
    YUPU_ASSIGN_OR_RETURN(const Json reply, session.answer(request));
    std::cout << to_text(reply) << std::endl;
  }
  return ok_status();
}

}  // namespace
}  // namespace yupu::tasks

int main(int argc, char** argv) {
  using yupu::engine::Precision;
  const bool bf16 = argc > 2 && std::string_view(argv[2]) == "bf16";
  if (bf16 && yupu::engine::supported_precision(Precision::kBf16) != Precision::kBf16) {
    fmt::print(stderr, "this machine has no bf16 products\n");
    return 1;
  }
  yupu::tasks::Session session(argc > 1 ? std::atoi(argv[1]) : 0, bf16 ? Precision::kBf16 : Precision::kF32);
  const yupu::Status status = yupu::tasks::serve(session);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.to_string());
  return status.ok() ? 0 : 1;
}
