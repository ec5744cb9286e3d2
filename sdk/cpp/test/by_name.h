// The operations by name, with arguments as JSON.  Made by sdk/generate.py from /openapi.json: do not edit.
// clang-format off
#pragma once

#include <stdexcept>
#include <string>

#include "yupu/client.h"

namespace yupu::client {

inline Json call_by_name(Operations& client, const std::string& name, const Json& with, const CallOptions& options) {
  if (name == "classify") return client.classify(with.get<ClassifyRequest>(), options);
  if (name == "embeddings") return client.embeddings(with.get<EmbeddingsRequest>(), options);
  if (name == "rerank") return client.rerank(with.get<RerankRequest>(), options);
  if (name == "answer") return client.answer(with.get<AnswerRequest>(), options);
  if (name == "chat_completions") return client.chat_completions(with.get<ChatCompletionsRequest>(), options);
  if (name == "stream_chat_completions") {
    Json events = Json::array();
    client.stream_chat_completions(with.get<ChatCompletionsRequest>(), [&](const Json& event) { events.push_back(event); return true; }, options);
    return events;
  }
  if (name == "feedback") return client.feedback(with.get<FeedbackRequest>(), options);
  if (name == "models") return client.models(options);
  if (name == "usage") return client.usage(with.get<UsageQuery>(), options);
  if (name == "balance") return client.balance(options);
  if (name == "invoices") return client.invoices(options);
  if (name == "healthz") return client.healthz(options);
  if (name == "readyz") return client.readyz(options);
  if (name == "metrics") return client.metrics(options);
  if (name == "widget") return client.widget(options);
  if (name == "visitors") return client.visitors(with.get<VisitorsRequest>(), options);
  if (name == "events") return client.events(with.get<EventsRequest>(), options);
  if (name == "items") return client.items(with.get<ItemsRequest>(), options);
  if (name == "recommend") return client.recommend(with.get<RecommendRequest>(), options);
  if (name == "recommend_rerank") return client.recommend_rerank(with.get<RecommendRerankRequest>(), options);
  if (name == "recommend_sponsored_click") return client.recommend_sponsored_click(with.get<RecommendSponsoredClickRequest>(), options);
  if (name == "recommend_board") return client.recommend_board(options);
  if (name == "recommend_items") return client.recommend_items(with.get<RecommendItemsQuery>(), options);
  if (name == "recommend_items_hide") return client.recommend_items_hide(with.get<RecommendItemsHideRequest>(), options);
  if (name == "recommend_users") return client.recommend_users(with.get<RecommendUsersQuery>(), options);
  if (name == "recommend_users_history") return client.recommend_users_history(with.get<RecommendUsersHistoryQuery>(), options);
  if (name == "recommend_preview") return client.recommend_preview(with.get<RecommendPreviewRequest>(), options);
  if (name == "get_recommend_rules") return client.get_recommend_rules(options);
  if (name == "post_recommend_rules") return client.post_recommend_rules(with.get<PostRecommendRulesRequest>(), options);
  if (name == "recommend_metrics") return client.recommend_metrics(with.get<RecommendMetricsQuery>(), options);
  if (name == "recommend_health") return client.recommend_health(with.get<RecommendHealthQuery>(), options);
  if (name == "recommend_releases") return client.recommend_releases(options);
  if (name == "recommend_rollback") return client.recommend_rollback(with.get<RecommendRollbackRequest>(), options);
  if (name == "metrics_recommend") return client.metrics_recommend(options);
  if (name == "report") return client.report(options);
  if (name == "report_zh") return client.report_zh(options);
  if (name == "report_en") return client.report_en(options);
  throw std::invalid_argument("no operation " + name);
}

}  // namespace yupu::client
