// One method for each operation of the API.  Made by sdk/generate.py from /openapi.json: do not edit.
// clang-format off
#include "yupu/operations.h"

namespace yupu::client {

ClassifyResponse Operations::classify(const ClassifyRequest& request,
                                      const CallOptions& options) {
  Call call{"POST", "/v1/classify", true, options};
  call.body = request;
  return read<ClassifyResponse>(json(call));
}

EmbeddingsResponse Operations::embeddings(const EmbeddingsRequest& request,
                                          const CallOptions& options) {
  Call call{"POST", "/v1/embeddings", true, options};
  call.body = request;
  return read<EmbeddingsResponse>(json(call));
}

RerankResponse Operations::rerank(const RerankRequest& request,
                                  const CallOptions& options) {
  Call call{"POST", "/v1/rerank", true, options};
  call.body = request;
  return read<RerankResponse>(json(call));
}

AnswerResponse Operations::answer(const AnswerRequest& request,
                                  const CallOptions& options) {
  Call call{"POST", "/v1/answer", true, options};
  call.body = request;
  return read<AnswerResponse>(json(call));
}

ChatCompletionsResponse Operations::chat_completions(const ChatCompletionsRequest& request,
                                                     const CallOptions& options) {
  Call call{"POST", "/v1/chat/completions", true, options};
  call.body = request;
  call.body["stream"] = false;
  return read<ChatCompletionsResponse>(json(call));
}

void Operations::stream_chat_completions(const ChatCompletionsRequest& request,
                                         const TakeEvent& take,
                                         const CallOptions& options) {
  Call call{"POST", "/v1/chat/completions", true, options};
  call.body = request;
  call.body["stream"] = true;
  stream(call, take);
}

FeedbackResponse Operations::feedback(const FeedbackRequest& request,
                                      const CallOptions& options) {
  Call call{"POST", "/v1/feedback", true, options};
  call.body = request;
  return read<FeedbackResponse>(json(call));
}

ModelsResponse Operations::models(const CallOptions& options) {
  Call call{"GET", "/v1/models", false, options};
  return read<ModelsResponse>(json(call));
}

UsageResponse Operations::usage(const UsageQuery& query,
                                const CallOptions& options) {
  Call call{"GET", "/v1/usage", false, options};
  call.query = query;
  return read<UsageResponse>(json(call));
}

BalanceResponse Operations::balance(const CallOptions& options) {
  Call call{"GET", "/v1/balance", false, options};
  return read<BalanceResponse>(json(call));
}

InvoicesResponse Operations::invoices(const CallOptions& options) {
  Call call{"GET", "/v1/invoices", false, options};
  return read<InvoicesResponse>(json(call));
}

HealthzResponse Operations::healthz(const CallOptions& options) {
  Call call{"GET", "/healthz", false, options};
  return read<HealthzResponse>(json(call));
}

ReadyzResponse Operations::readyz(const CallOptions& options) {
  Call call{"GET", "/readyz", false, options};
  return read<ReadyzResponse>(json(call));
}

std::string Operations::metrics(const CallOptions& options) {
  Call call{"GET", "/metrics", false, options};
  return text(call);
}

WidgetResponse Operations::widget(const CallOptions& options) {
  Call call{"GET", "/v1/widget", false, options};
  return read<WidgetResponse>(json(call));
}

VisitorsResponse Operations::visitors(const VisitorsRequest& request,
                                      const CallOptions& options) {
  Call call{"POST", "/v1/visitors", false, options};
  call.body = request;
  return read<VisitorsResponse>(json(call));
}

EventsResponse Operations::events(const EventsRequest& request,
                                  const CallOptions& options) {
  Call call{"POST", "/v1/events", true, options};
  call.body = request;
  return read<EventsResponse>(json(call));
}

ItemsResponse Operations::items(const ItemsRequest& request,
                                const CallOptions& options) {
  Call call{"POST", "/v1/items", true, options};
  call.body = request;
  return read<ItemsResponse>(json(call));
}

RecommendResponse Operations::recommend(const RecommendRequest& request,
                                        const CallOptions& options) {
  Call call{"POST", "/v1/recommend", true, options};
  call.body = request;
  return read<RecommendResponse>(json(call));
}

RecommendRerankResponse Operations::recommend_rerank(const RecommendRerankRequest& request,
                                                     const CallOptions& options) {
  Call call{"POST", "/v1/recommend/rerank", true, options};
  call.body = request;
  return read<RecommendRerankResponse>(json(call));
}

RecommendSponsoredClickResponse Operations::recommend_sponsored_click(const RecommendSponsoredClickRequest& request,
                                                                      const CallOptions& options) {
  Call call{"POST", "/v1/recommend/sponsored/click", true, options};
  call.body = request;
  return read<RecommendSponsoredClickResponse>(json(call));
}

RecommendBoardResponse Operations::recommend_board(const CallOptions& options) {
  Call call{"GET", "/v1/recommend/board", false, options};
  return read<RecommendBoardResponse>(json(call));
}

RecommendItemsResponse Operations::recommend_items(const RecommendItemsQuery& query,
                                                   const CallOptions& options) {
  Call call{"GET", "/v1/recommend/items", false, options};
  call.query = query;
  return read<RecommendItemsResponse>(json(call));
}

RecommendItemsHideResponse Operations::recommend_items_hide(const RecommendItemsHideRequest& request,
                                                            const CallOptions& options) {
  Call call{"POST", "/v1/recommend/items/hide", true, options};
  call.body = request;
  return read<RecommendItemsHideResponse>(json(call));
}

RecommendUsersResponse Operations::recommend_users(const RecommendUsersQuery& query,
                                                   const CallOptions& options) {
  Call call{"GET", "/v1/recommend/users", false, options};
  call.query = query;
  return read<RecommendUsersResponse>(json(call));
}

RecommendUsersHistoryResponse Operations::recommend_users_history(const RecommendUsersHistoryQuery& query,
                                                                  const CallOptions& options) {
  Call call{"GET", "/v1/recommend/users/history", false, options};
  call.query = query;
  return read<RecommendUsersHistoryResponse>(json(call));
}

RecommendPreviewResponse Operations::recommend_preview(const RecommendPreviewRequest& request,
                                                       const CallOptions& options) {
  Call call{"POST", "/v1/recommend/preview", true, options};
  call.body = request;
  return read<RecommendPreviewResponse>(json(call));
}

GetRecommendRulesResponse Operations::get_recommend_rules(const CallOptions& options) {
  Call call{"GET", "/v1/recommend/rules", false, options};
  return read<GetRecommendRulesResponse>(json(call));
}

PostRecommendRulesResponse Operations::post_recommend_rules(const PostRecommendRulesRequest& request,
                                                            const CallOptions& options) {
  Call call{"POST", "/v1/recommend/rules", true, options};
  call.body = request;
  return read<PostRecommendRulesResponse>(json(call));
}

RecommendMetricsResponse Operations::recommend_metrics(const RecommendMetricsQuery& query,
                                                       const CallOptions& options) {
  Call call{"GET", "/v1/recommend/metrics", false, options};
  call.query = query;
  return read<RecommendMetricsResponse>(json(call));
}

RecommendHealthResponse Operations::recommend_health(const RecommendHealthQuery& query,
                                                     const CallOptions& options) {
  Call call{"GET", "/v1/recommend/health", false, options};
  call.query = query;
  return read<RecommendHealthResponse>(json(call));
}

RecommendReleasesResponse Operations::recommend_releases(const CallOptions& options) {
  Call call{"GET", "/v1/recommend/releases", false, options};
  return read<RecommendReleasesResponse>(json(call));
}

RecommendRollbackResponse Operations::recommend_rollback(const RecommendRollbackRequest& request,
                                                         const CallOptions& options) {
  Call call{"POST", "/v1/recommend/rollback", true, options};
  call.body = request;
  return read<RecommendRollbackResponse>(json(call));
}

std::string Operations::metrics_recommend(const CallOptions& options) {
  Call call{"GET", "/metrics/recommend", false, options};
  return text(call);
}

std::string Operations::report(const CallOptions& options) {
  Call call{"GET", "/report", false, options};
  return text(call);
}

std::string Operations::report_zh(const CallOptions& options) {
  Call call{"GET", "/report/zh", false, options};
  return text(call);
}

std::string Operations::report_en(const CallOptions& options) {
  Call call{"GET", "/report/en", false, options};
  return text(call);
}

}  // namespace yupu::client
