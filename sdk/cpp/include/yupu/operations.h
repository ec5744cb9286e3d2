// One method for each operation of the API.  Made by sdk/generate.py from /openapi.json: do not edit.
// clang-format off
#pragma once

#include <string>

#include "yupu/call.h"
#include "yupu/types.h"

namespace yupu::client {

inline constexpr const char* kVersion = "0.1.0";

class Operations : public Caller {
 public:
  // Labels with scores for texts: POST /v1/classify.
  ClassifyResponse classify(const ClassifyRequest& request,
                            const CallOptions& options = {});
  // A vector for each text, as OpenAI's clients ask for it: POST /v1/embeddings.
  EmbeddingsResponse embeddings(const EmbeddingsRequest& request,
                                const CallOptions& options = {});
  // Documents in the order in which they answer a query: POST /v1/rerank.
  RerankResponse rerank(const RerankRequest& request,
                        const CallOptions& options = {});
  // A bot's answer to a visitor: POST /v1/answer.
  AnswerResponse answer(const AnswerRequest& request,
                        const CallOptions& options = {});
  // A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions.
  ChatCompletionsResponse chat_completions(const ChatCompletionsRequest& request,
                                           const CallOptions& options = {});
  // A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions.
  void stream_chat_completions(const ChatCompletionsRequest& request,
                               const TakeEvent& take,
                               const CallOptions& options = {});
  // What somebody thinks of an answer: POST /v1/feedback.
  FeedbackResponse feedback(const FeedbackRequest& request,
                            const CallOptions& options = {});
  // Models and bots that answer now: GET /v1/models.
  ModelsResponse models(const CallOptions& options = {});
  // The caller's usage: GET /v1/usage.
  UsageResponse usage(const UsageQuery& query = {},
                      const CallOptions& options = {});
  // The caller's balance: GET /v1/balance.
  BalanceResponse balance(const CallOptions& options = {});
  // The caller's invoices: GET /v1/invoices.
  InvoicesResponse invoices(const CallOptions& options = {});
  // The process is alive: GET /healthz.
  HealthzResponse healthz(const CallOptions& options = {});
  // 200 when calls can be answered, else 503: GET /readyz.
  ReadyzResponse readyz(const CallOptions& options = {});
  // Prometheus text: GET /metrics.
  std::string metrics(const CallOptions& options = {});
  // Title, colour and first questions of a public bot (?bot=): GET /v1/widget.
  WidgetResponse widget(const CallOptions& options = {});
  // A visitor's token for a public bot, for pages of its origins: POST /v1/visitors.
  VisitorsResponse visitors(const VisitorsRequest& request,
                            const CallOptions& options = {});
  // What users did: one event, a batch, or a line each; each counts once, by its id: POST /v1/events.
  EventsResponse events(const EventsRequest& request,
                        const CallOptions& options = {});
  // What can be recommended: one item, a batch, or a line each; told again it replaces what was told: POST
  // /v1/items.
  ItemsResponse items(const ItemsRequest& request,
                      const CallOptions& options = {});
  // Items for a user now, with reasons: POST /v1/recommend.
  RecommendResponse recommend(const RecommendRequest& request,
                              const CallOptions& options = {});
  // Given items in the order they suit a user; unknown ones are kept: POST /v1/recommend/rerank.
  RecommendRerankResponse recommend_rerank(const RecommendRerankRequest& request,
                                           const CallOptions& options = {});
  // A sponsored item was clicked: counted and charged once, within half an hour of being shown: POST
  // /v1/recommend/sponsored/click.
  RecommendSponsoredClickResponse recommend_sponsored_click(const RecommendSponsoredClickRequest& request,
                                                            const CallOptions& options = {});
  // How much there is to recommend from, with an agent's token: GET /v1/recommend/board.
  RecommendBoardResponse recommend_board(const CallOptions& options = {});
  // Items by words, those with the most users first: GET /v1/recommend/items.
  RecommendItemsResponse recommend_items(const RecommendItemsQuery& query = {},
                                         const CallOptions& options = {});
  // Takes an item out of every list at once, or puts it back: POST /v1/recommend/items/hide.
  RecommendItemsHideResponse recommend_items_hide(const RecommendItemsHideRequest& request,
                                                  const CallOptions& options = {});
  // Users by words, those with the most events first: GET /v1/recommend/users.
  RecommendUsersResponse recommend_users(const RecommendUsersQuery& query = {},
                                         const CallOptions& options = {});
  // What a user did, the newest first: GET /v1/recommend/users/history.
  RecommendUsersHistoryResponse recommend_users_history(const RecommendUsersHistoryQuery& query,
                                                        const CallOptions& options = {});
  // The list a user would get now, with reasons; it is not kept: POST /v1/recommend/preview.
  RecommendPreviewResponse recommend_preview(const RecommendPreviewRequest& request,
                                             const CallOptions& options = {});
  // What is pinned, lifted, capped and blocked in lists: GET /v1/recommend/rules.
  GetRecommendRulesResponse get_recommend_rules(const CallOptions& options = {});
  // All rules of the lists anew, in force from the next list on; for managers: POST /v1/recommend/rules.
  PostRecommendRulesResponse post_recommend_rules(const PostRecommendRulesRequest& request,
                                                  const CallOptions& options = {});
  // Lists and what was clicked of them within half an hour, by day: GET /v1/recommend/metrics.
  RecommendMetricsResponse recommend_metrics(const RecommendMetricsQuery& query = {},
                                             const CallOptions& options = {});
  // What becomes of lists, what the record lacks, how it changes, what a list costs: GET /v1/recommend/health.
  RecommendHealthResponse recommend_health(const RecommendHealthQuery& query = {},
                                           const CallOptions& options = {});
  // What served when, and what the guard said: GET /v1/recommend/releases.
  RecommendReleasesResponse recommend_releases(const CallOptions& options = {});
  // Goes back to the release before: POST /v1/recommend/rollback.
  RecommendRollbackResponse recommend_rollback(const RecommendRollbackRequest& request,
                                               const CallOptions& options = {});
  // What became of events from topics, as Prometheus text: GET /metrics/recommend.
  std::string metrics_recommend(const CallOptions& options = {});
  // Technical report, Chinese: GET /report.
  std::string report(const CallOptions& options = {});
  // Technical report, Chinese: GET /report/zh.
  std::string report_zh(const CallOptions& options = {});
  // Technical report, English: GET /report/en.
  std::string report_en(const CallOptions& options = {});
};

}  // namespace yupu::client
