#include "tasks/generate/generation.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/error.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "tasks/generate/written_text.h"

namespace yupu::tasks {
namespace {

// One prompt on its way.
struct Writer {
  std::vector<std::int32_t> next;  // tokens the model has not seen yet
  std::int64_t room;               // tokens that may still be written
  bool room_is_positions;          // what ends it is the model's positions, not the caller
  model::DecoderCache cache;
  std::vector<bool> seen;
  Rng rng;
  WrittenText text;
  Generated result;
};

class Generation {
 public:
  Generation(const LanguageModel& model, engine::ExecutionContext& context, const GenerateOptions& options,
             const TextSink& sink)
      : model_(model),
        few_rows_(context),
        tape_(context, engine::Tape::Mode::kInference),
        options_(options),
        sink_(sink) {}

  Status open(std::span<const std::string> prompts) {
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      std::vector<std::int32_t> ids = model_.prompt_ids(prompts[i]);
      const auto count = static_cast<std::int64_t>(ids.size());
      const std::int64_t positions = model_.config().position_count;
      if (count > positions) {
        return invalid_argument(
            fmt::format("prompt {} has {} tokens, the model reads {} at most", i + 1, count, positions), "prompt");
      }
      // The last token that is written need not be read: one more than there are positions for.
      const std::int64_t fitting = positions - count + 1;
      std::vector<bool> seen(static_cast<std::size_t>(model_.config().vocab_size), false);
      for (const std::int32_t id : ids) seen[static_cast<std::size_t>(id)] = true;
      const std::int64_t room = std::min(options_.max_new_tokens, fitting);
      writers_.push_back(Writer{.next = std::move(ids),
                                .room = room,
                                .room_is_positions = fitting < options_.max_new_tokens,
                                .cache = model_.decoder().make_cache(count + room - 1),
                                .seen = std::move(seen),
                                .rng = Rng(options_.seed, kStream + options_.first_prompt + i),
                                .text = WrittenText(model_.tokenizer(), options_.stops),
                                .result = {.text = {}, .ids = {}, .prompt_tokens = count}});
    }
    for (std::size_t i = 0; i < writers_.size(); ++i) active_.push_back(i);
    return ok_status();
  }

  std::vector<Generated> run() {
    while (!active_.empty()) step();
    std::vector<Generated> results;
    for (Writer& writer : writers_) results.push_back(std::move(writer.result));
    return results;
  }

 private:
  static constexpr std::uint64_t kStream = 0x77726974'00000000;  // "writ"

  // One token of every text that is not finished.
  void step() {
    engine::PackedBatch batch;
    std::vector<model::DecoderCache*> caches;
    std::vector<std::int32_t> last_rows;
    for (const std::size_t i : active_) {
      Writer& writer = writers_[i];
      const auto before = static_cast<std::int32_t>(writer.cache.token_count());
      batch.append(writer.next, {}, 0);
      for (std::size_t at = batch.tokens.size() - writer.next.size(); at < batch.tokens.size(); ++at)
        batch.positions[at] += before;
      caches.push_back(&writer.cache);
      last_rows.push_back(static_cast<std::int32_t>(batch.token_count()) - 1);
    }
    const engine::Var hidden = model_.decoder().hidden_after(tape_, batch, caches);
    const engine::Var logits = model_.decoder().logits(tape_, engine::gather_rows(hidden, last_rows));
    const auto width = static_cast<std::size_t>(logits.size(1));
    std::vector<std::size_t> going_on;
    for (std::size_t row = 0; row < active_.size(); ++row) {
      const std::size_t i = active_[row];
      if (write(i, logits.value().values().subspan(row * width, width))) going_on.push_back(i);
    }
    active_ = std::move(going_on);
  }

  // Whether the text goes on.
  bool write(std::size_t index, std::span<float> scores) {
    Writer& writer = writers_[index];
    const std::int32_t id = next_token(scores, writer.seen, options_, writer.rng);
    if (id == model_.end_of_text()) return finish(index, Finish::kEnd);
    writer.result.ids.push_back(id);
    writer.seen[static_cast<std::size_t>(id)] = true;
    writer.next.assign(1, id);
    if (writer.text.append(id)) return finish(index, Finish::kStop);
    if (--writer.room == 0) return finish(index, writer.room_is_positions ? Finish::kPositions : Finish::kLength);
    tell(index);
    return true;
  }

  bool finish(std::size_t index, Finish why) {
    Writer& writer = writers_[index];
    const bool stopped = why != Finish::kStop && writer.text.end();
    tell(index);
    writer.result.finish = stopped ? Finish::kStop : why;
    writer.result.text = writer.text.text();
    writer.cache = {};
    return false;
  }

  void tell(std::size_t index) {
    if (!sink_) return;
    const std::string_view news = writers_[index].text.news();
    if (!news.empty()) sink_(index, news);
  }

  const LanguageModel& model_;
  engine::FewRowsScope few_rows_;
  engine::Tape tape_;
  const GenerateOptions& options_;
  const TextSink& sink_;
  std::vector<Writer> writers_;
  std::vector<std::size_t> active_;  // in order
};

}  // namespace

Status check(const GenerateOptions& options) {
  struct Range {
    const char* name;
    double value, min, max;
  };
  const Range ranges[] = {
      {"max_new_tokens", static_cast<double>(options.max_new_tokens), 1, 1'000'000},
      {"temperature", options.temperature, 0.0, 100.0},
      {"top_k", static_cast<double>(options.top_k), 0, 10'000'000},
      {"top_p", options.top_p, 1e-6, 1.0},
      {"repetition_penalty", options.repetition_penalty, 0.01, 100.0},
  };
  for (const Range& range : ranges) {
    if (!(range.value >= range.min && range.value <= range.max)) {
      return invalid_argument(fmt::format("{} is {}, must be {} to {}", range.name, range.value, range.min, range.max),
                              range.name);
    }
  }
  for (const std::string& stop : options.stops)
    if (stop.empty()) return invalid_argument("stop: an empty text would end everything", "stop");
  return ok_status();
}

std::string_view finish_name(Finish finish) {
  switch (finish) {
    case Finish::kEnd:
      return "end";
    case Finish::kStop:
      return "stop";
    case Finish::kLength:
      return "length";
    case Finish::kPositions:
      return "positions";
  }
  return "";
}

Result<std::vector<Generated>> generate(const LanguageModel& model, engine::ExecutionContext& context,
                                        std::span<const std::string> prompts, const GenerateOptions& options,
                                        const TextSink& sink) {
  YUPU_RETURN_IF_ERROR(check(options));
  try {
    Generation generation(model, context, options, sink);
    YUPU_RETURN_IF_ERROR(generation.open(prompts));
    return generation.run();
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted,
                  fmt::format("writing: {}; fewer prompts at a time need less", error.what()));
  }
}

}  // namespace yupu::tasks
