// Plays sdk/scenario.json (sdk/README.md says what its rows mean) with this client.   scenario URL KEY FILE
// One line a finding; exit status 1 when there is one.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "by_name.h"

namespace {

using namespace yupu::client;

// a.0.b of it; null where there is nothing.
Json at(Json value, const std::string& path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string step = path.substr(begin, end - begin);
    const bool is_number = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
    Json next;
    if (value.is_array() && is_number && std::stoul(step) < value.size()) next = value[std::stoul(step)];
    if (value.is_object() && value.contains(step)) next = value[step];
    value = std::move(next);
    begin = end + 1;
  }
  return value;
}

Json filled(const Json& value, const Json& kept) {
  if (value.is_string() && value.get<std::string>().rfind('$', 0) == 0)
    return kept.at(value.get<std::string>().substr(1));
  if (!value.is_structured()) return value;
  Json out = value;
  for (auto& one : out) one = filled(one, kept);
  return out;
}

// What a streamed chat said, as one value.
Json joined(const Json& events) {
  std::string content;
  for (const Json& event : events) {
    for (const Json& choice : event.at("choices")) content += choice.at("delta").value("content", "");
  }
  return {{"count", events.size()}, {"content", content}, {"last", events.empty() ? Json() : events.back()}};
}

const char* class_of(const APIError& error) {
  if (dynamic_cast<const InvalidArgument*>(&error) != nullptr) return "InvalidArgument";
  if (dynamic_cast<const Unauthenticated*>(&error) != nullptr) return "Unauthenticated";
  if (dynamic_cast<const PaymentRequired*>(&error) != nullptr) return "PaymentRequired";
  if (dynamic_cast<const PermissionDenied*>(&error) != nullptr) return "PermissionDenied";
  if (dynamic_cast<const NotFound*>(&error) != nullptr) return "NotFound";
  if (dynamic_cast<const Conflict*>(&error) != nullptr) return "Conflict";
  if (dynamic_cast<const TooLarge*>(&error) != nullptr) return "TooLarge";
  if (dynamic_cast<const ResourceExhausted*>(&error) != nullptr) return "ResourceExhausted";
  if (dynamic_cast<const Internal*>(&error) != nullptr) return "Internal";
  if (dynamic_cast<const Unavailable*>(&error) != nullptr) return "Unavailable";
  return "APIError";
}

int compare(const std::string& name, const Json& said, const Json& expected) {
  int findings = 0;
  for (const auto& [path, wanted] : expected.items()) {
    const Json got = at(said, path);
    const bool is_nothing =
        got.is_null() || (got.is_string() && got.get<std::string>().empty()) || (got.is_structured() && got.empty());
    if (wanted == Json::object({{"some", true}}) ? !is_nothing : got == wanted) continue;
    ++findings;
    std::cout << "cpp: " << name << ": " << path << " is " << got << ", not " << wanted << "\n";
  }
  return findings;
}

int play(Client& client, const Json& step, Json& kept) {
  const auto name = step.at("name").get<std::string>();
  const auto called = step.at("call").get<std::string>();
  CallOptions options;
  const Json given = filled(step.value("options", Json::object()), kept);
  options.idempotency_key = given.value("idempotency_key", "");
  Json said;
  try {
    said = call_by_name(client, called, filled(step.value("with", Json::object()), kept), options);
    if (called.rfind("stream_", 0) == 0) said = joined(said);
  } catch (const APIError& error) {
    const Problem& problem = error.problem;
    said = {{"status", problem.status},
            {"code", problem.code},
            {"field", problem.field},
            {"request_id", problem.request_id},
            {"class", class_of(error)}};
    if (step.contains("error")) return compare(name, said, filled(step.at("error"), kept));
    std::cout << "cpp: " << name << ": threw " << error.what() << "\n";
    return 1;
  }
  if (step.contains("error")) {
    std::cout << "cpp: " << name << ": no error: " << said.dump().substr(0, 300) << "\n";
    return 1;
  }
  const Json keep = step.value("keep", Json::object());
  for (const auto& [kept_name, path] : keep.items()) kept[kept_name] = at(said, path.get<std::string>());
  return compare(name, said, filled(step.value("expect", Json::object()), kept));
}

int run(const std::string& url, const std::string& key, const std::string& path) {
  std::ifstream file(path);
  const Json steps = Json::parse(file).at("steps");
  ClientOptions options;
  options.base_url = url;
  options.api_key = key;
  Client client(options);
  options.api_key = "yp_wrong";
  Client stranger(options);
  Json kept = {{"language", "cpp"}};
  int findings = 0;
  for (const Json& step : steps) findings += play(step.value("key", "") == "wrong" ? stranger : client, step, kept);
  std::cout << "cpp: " << steps.size() << " steps, " << findings << " findings\n";
  return findings == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::cerr << "scenario URL KEY FILE\n";
    return 2;
  }
  try {
    return run(words[1], words[2], words[3]);
  } catch (const std::exception& error) {
    std::cout << "cpp: " << error.what() << "\n";
    return 1;
  }
}
