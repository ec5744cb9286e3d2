// The edge: bodies of the POST routes, validated and typed at once. Every error names the field.
//   unknown member, wrong type, blank text -> kInvalidArgument; text longer than text_bytes_max, too many -> kTooLarge
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "serving/visitors/identity.h"

namespace yupu::serving {

struct BodyLimits {
  std::size_t text_bytes_max = 8 << 10;
  std::size_t inputs_max = 64;
  std::size_t documents_max = 128;
};

struct ClassifyBody {
  std::string model;
  std::vector<std::string> inputs;
  std::optional<std::int64_t> top_k;
};
struct EmbeddingsBody {
  std::string model;
  std::vector<std::string> inputs;
  bool base64 = false;                     // encoding_format
  std::optional<std::int64_t> dimensions;  // what the caller expects
};
struct RerankBody {
  std::string model;
  std::string query;
  std::vector<std::string> documents;
  std::optional<std::int64_t> top_n;
};
struct AnswerBody {
  std::string bot;
  std::string conversation;
  std::string text;    // empty only with an option
  std::string option;  // intent of a button that was tapped
  std::string channel;
  std::string visitor;  // the caller's own name of who asks; empty: not told
};
struct FeedbackBody {
  std::string trace_id;
  std::optional<int> rating;
  std::optional<std::string> correction;
  std::string reason;
};
struct VisitorBody {
  std::string bot;
  IdentityClaim identity = {};  // without a user_id: nobody in particular
};

Result<ClassifyBody> parse_classify(std::string_view body, const BodyLimits& limits);
Result<EmbeddingsBody> parse_embeddings(std::string_view body, const BodyLimits& limits);
Result<RerankBody> parse_rerank(std::string_view body, const BodyLimits& limits);
Result<AnswerBody> parse_answer(std::string_view body, const BodyLimits& limits);
Result<FeedbackBody> parse_feedback(std::string_view body, const BodyLimits& limits);
Result<VisitorBody> parse_visitor(std::string_view body);

// True when there is nothing to read in it: only white space, control and format characters.
bool is_blank(std::string_view text);

}  // namespace yupu::serving
