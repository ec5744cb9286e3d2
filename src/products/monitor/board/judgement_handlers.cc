// What people say of a sentiment and of an alarm (products/monitor/judgements), by way of the monitor's routes.
#include <charconv>

#include "http/door.h"
#include "products/monitor/board/routes.h"
#include "products/monitor/judgements/judgements.h"
#include "serving/body_fields.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kTopicBytesMax = 512;
constexpr std::size_t kNoteBytesMax = 2000;

http::Response reply(const Json& json) { return http::unkept_json(to_text(json)); }

}  // namespace

Result<http::Response> BoardRoutes::judge_document(const http::Request& request, const std::string& who) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"topic", "sentiment"}));
  DocumentVerdict verdict;
  YUPU_ASSIGN_OR_RETURN(verdict.topic, serving::optional_string(body, "topic", kTopicBytesMax));
  if (verdict.topic.empty()) return invalid_argument("topic is missing: what the document is judged under", "topic");
  YUPU_ASSIGN_OR_RETURN(const std::string name, serving::optional_string(body, "sentiment", kTopicBytesMax));
  const auto sentiment = sentiment_of(name);
  if (!sentiment) return invalid_argument("sentiment is negative, neutral or positive", "sentiment");
  verdict.sentiment = *sentiment;
  const std::string& id = request.params.at("id");
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), verdict.document_id);
  if (error != std::errc() || end != id.data() + id.size()) return not_found("a document's id is a whole number");
  YUPU_RETURN_IF_ERROR(monitor::judge_document(store_, monitor_, topics_, verdict, who, clock_.now_ns()));
  news_.ring();
  return reply({{"document", verdict.document_id}, {"topic", verdict.topic}, {"sentiment", name}});
}

Result<http::Response> BoardRoutes::judge_alarm(const http::Request& request, const std::string& who) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"justified", "note"}));
  if (!body.contains("justified") || !body.at("justified").is_boolean())
    return invalid_argument("justified is true, or false: a false alarm", "justified");
  YUPU_ASSIGN_OR_RETURN(const std::string note, serving::optional_string(body, "note", kNoteBytesMax));
  const std::string& id = request.params.at("id");
  const bool justified = body.at("justified").get<bool>();
  YUPU_RETURN_IF_ERROR(monitor::judge_alarm(store_, monitor_, id, justified, note, who, clock_.now_ns()));
  news_.ring();
  return reply({{"alarm", id}, {"justified", justified}});
}

}  // namespace yupu::monitor
