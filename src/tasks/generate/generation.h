// Writes on from prompts, token by token, over kept keys and values (model/decoder): several prompts together, each
// until its end of text, a stop string, its number of tokens or the model's positions.
// The next token of scores z (V), in the order of the reference library:
//   penalty      of every token that stands in the prompt or was written: z/r where z > 0, z*r else
//                (Keskar et al. 2019, arXiv:1909.05858, section 4.1)
//   temperature  0: the highest score, the lower id of equal ones (greedy); else z/t
//   top_k        the k highest scores alone (Fan et al. 2018, arXiv:1805.04833); 0: all
//   top_p        the fewest tokens, likeliest first, whose probabilities reach p (Holtzman et al. 2020,
//                arXiv:1904.09751); 1: all
// Random numbers follow from the seed and the prompt's place in the list alone: what is written does not depend on what
// else is in the batch.   Threads  the context's owner.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/generate/language_model.h"

namespace yupu::tasks {

struct GenerateOptions {
  std::int64_t max_new_tokens = 128;
  double temperature = 0.0;
  std::int64_t top_k = 0;
  double top_p = 1.0;
  double repetition_penalty = 1.0;
  std::uint64_t seed = 1;
  std::uint64_t first_prompt = 0;       // the place in a longer list of the first one that is given
  std::vector<std::string> stops = {};  // the first that is written ends a text, and is not part of it
};
// Outcomes  kInvalidArgument naming the option that is out of its range.
Status check(const GenerateOptions& options);

enum class Finish : std::uint8_t {
  kEnd,        // the end-of-text token
  kStop,       // a stop string
  kLength,     // max_new_tokens
  kPositions,  // the model's longest sequence
};
std::string_view finish_name(Finish finish);  // "end", "stop", "length", "positions"

struct Generated {
  std::string text;               // behind the prompt
  std::vector<std::int32_t> ids;  // that were written, the end of text not among them
  std::int64_t prompt_tokens = 0;
  Finish finish = Finish::kLength;
};

// Is told the text of a prompt as it comes, whole code points, nothing that may yet be part of a stop string.
using TextSink = std::function<void(std::size_t prompt, std::string_view piece)>;

// One result a prompt, in order.
// Outcomes  kInvalidArgument: an option; a prompt as long as the model's positions or longer (its number from 1 is
//           named); kResourceExhausted: no memory.
Result<std::vector<Generated>> generate(const LanguageModel& model, engine::ExecutionContext& context,
                                        std::span<const std::string> prompts, const GenerateOptions& options,
                                        const TextSink& sink = {});

// The id that comes next of `scores` (V), which are changed on the way.  `seen` (V): the prompt's and the text's.
std::int32_t next_token(std::span<float> scores, const std::vector<bool>& seen, const GenerateOptions& options,
                        Rng& rng);

}  // namespace yupu::tasks
