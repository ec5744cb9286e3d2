#include "strategy/visitors.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "handoff/types.h"
#include "http/client.h"

namespace yupu::strategy {
namespace {

// One exchange with what a caller does about a busy server: wait as it says, a few times.
Result<http::Response> post(http::Client& client, const std::string& route, const Json& body,
                            const http::Headers& headers) {
  constexpr int kTriesMax = 20;
  for (int attempt = 1;; ++attempt) {
    auto response = client.post_json(route, to_text(body), headers);
    const bool again = response.ok() ? response->status == 429 || response->status == 503 || response->status == 409
                                     : response.status().code() == Code::kUnavailable;
    if (!again || attempt == kTriesMax) return response;
    std::this_thread::sleep_for(std::chrono::milliseconds(100 * attempt));
  }
}

Status problem(const http::Response& response, std::string_view route) {
  const auto document = parse_json(response.body);
  const std::string detail =
      document.ok() && document->is_object() ? document->value("detail", response.body) : response.body;
  return internal_error(fmt::format("{} answered {}: {}", route, response.status, detail));
}

// The bot is right when it answered with the true intent, or declined what is out of its scope.
bool is_right(const VisitorLine& line, const std::string& decision, const std::string& intent) {
  if (line.intent == handoff::kOutOfScope) return decision == "refuse" || decision == "clarify";
  return intent == line.intent && (decision == "answer" || decision == "handoff");
}

Result<Json> visitors_input(const LoopContext& context, const Outputs& done) {
  if (!context.strategy.visitors) return Json{{"file", nullptr}};
  YUPU_ASSIGN_OR_RETURN(const std::string sha256,
                        file_sha256(context.strategy.resolve(context.strategy.visitors->file)));
  return Json{{"file", sha256},
              {"tenant", context.strategy.visitors->tenant},
              {"bot", context.strategy.service.bot},
              {"release_id", done.at("release")["release_id"]}};
}

Result<Json> run_visitors(LoopContext& context, const Outputs& done) {
  if (!context.strategy.visitors) return Json{{"calls", 0}, {"right", 0}, {"corrections", 0}};
  YUPU_ASSIGN_OR_RETURN(const auto lines, read_visitors(context.strategy.resolve(context.strategy.visitors->file)));
  YUPU_ASSIGN_OR_RETURN(std::string key,
                        read_file(context.workdir + "/secrets/keys/" + context.strategy.visitors->tenant, 256));
  while (!key.empty() && key.back() == '\n') key.pop_back();
  YUPU_ASSIGN_OR_RETURN(const ServiceAddress address, context.service());
  YUPU_ASSIGN_OR_RETURN(const Json input, visitors_input(context, done));
  return play_visitors(lines,
                       {.address = address,
                        .key = key,
                        .bot = context.strategy.service.bot,
                        .run_id = sha256_hex(to_text(input)).substr(0, 16)},
                       context.progress);
}

}  // namespace

Result<std::vector<VisitorLine>> read_visitors(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string content, read_file(path, 64 << 20));
  std::vector<VisitorLine> lines;
  std::size_t begin = 0;
  int number = 0;
  while (begin < content.size()) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    const std::string_view text(content.data() + begin, end - begin);
    begin = end + 1;
    const std::string where = fmt::format("{}: line {}", path, ++number);
    if (text.empty()) continue;
    auto json = parse_json(text);
    if (!json.ok()) return json.status().with_context(where);
    YUPU_RETURN_IF_ERROR(json_known_keys(*json, {"visitor", "text", "lang", "intent"}, where));
    VisitorLine line;
    YUPU_ASSIGN_OR_RETURN(line.visitor, json_string(*json, "visitor", where));
    YUPU_ASSIGN_OR_RETURN(line.text, json_string(*json, "text", where));
    YUPU_ASSIGN_OR_RETURN(line.intent, json_string(*json, "intent", where));
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return invalid_argument(fmt::format("{}: holds no visitor", path));
  return lines;
}

Result<Json> play_visitors(const std::vector<VisitorLine>& lines, const PlayOptions& options,
                           handoff::Progress& progress) {
  http::Client client({.host = options.address.host, .port = options.address.port});
  const http::Headers authorization{{"authorization", "Bearer " + options.key}};
  std::map<std::string, std::int64_t> decisions;
  std::int64_t right = 0;
  std::int64_t corrections = 0;
  progress.begin("visitors", static_cast<std::int64_t>(lines.size()), 0);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const VisitorLine& line = lines[i];
    http::Headers headers = authorization;
    headers.add("idempotency-key", fmt::format("visitors-{}-{}", options.run_id, i + 1));
    YUPU_ASSIGN_OR_RETURN(const auto response,
                          post(client, "/v1/answer", {{"bot", options.bot}, {"text", line.text}}, headers));
    if (response.status != 200) return problem(response, "/v1/answer");
    YUPU_ASSIGN_OR_RETURN(const Json answer, parse_json(response.body));
    YUPU_ASSIGN_OR_RETURN(const std::string decision, json_string(answer, "decision", "/v1/answer"));
    YUPU_ASSIGN_OR_RETURN(const std::string intent, json_string(answer, "intent", "/v1/answer"));
    YUPU_ASSIGN_OR_RETURN(const std::string trace_id, json_string(answer, "trace_id", "/v1/answer"));
    ++decisions[decision];
    Json feedback{{"trace_id", trace_id}};
    if (is_right(line, decision, intent)) {
      ++right;
      feedback["rating"] = 1;
    } else {
      ++corrections;
      feedback["rating"] = -1;
      feedback["correction"] = line.intent;
    }
    YUPU_ASSIGN_OR_RETURN(const auto stored, post(client, "/v1/feedback", feedback, headers));
    if (stored.status != 200 && stored.status != 201) return problem(stored, "/v1/feedback");
    progress.update(static_cast<std::int64_t>(i) + 1, fmt::format("{} right", right));
  }
  progress.end(fmt::format("{} calls, {} right, {} corrections filed", lines.size(), right, corrections));
  return Json{{"calls", lines.size()}, {"right", right}, {"corrections", corrections}, {"decisions", decisions}};
}

Stage visitors_stage(LoopContext& context) {
  return {.name = "visitors",
          .summary = "a recorded day of visitors asks the live service; every call is metered and charged",
          .input = [&context](const Outputs& done) { return visitors_input(context, done); },
          .run = [&context](const Outputs& done) { return run_visitors(context, done); },
          .describe =
              [](const Json& output) {
                return fmt::format("{} calls, {} right, {} corrections filed", output["calls"].get<int>(),
                                   output["right"].get<int>(), output["corrections"].get<int>());
              }};
}

}  // namespace yupu::strategy
