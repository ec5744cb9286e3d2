// One method for each operation of the API. Made by sdk/generate.py from /openapi.json: do not edit.

import type { Call, CallOptions } from './call.js';
import type * as types from './types.js';

export const VERSION = '0.1.0';

export abstract class Operations {
  protected abstract call<T>(call: Call, options: CallOptions): Promise<T>;
  protected abstract stream<T>(call: Call, options: CallOptions): AsyncIterable<T>;

  /** Labels with scores for texts: POST /v1/classify */
  classify(body: types.ClassifyRequest, options: CallOptions = {}): Promise<types.ClassifyResponse> {
    return this.call({ method: 'POST', path: '/v1/classify', body, once: true }, options);
  }

  /** A vector for each text, as OpenAI's clients ask for it: POST /v1/embeddings */
  embeddings(body: types.EmbeddingsRequest, options: CallOptions = {}): Promise<types.EmbeddingsResponse> {
    return this.call({ method: 'POST', path: '/v1/embeddings', body, once: true }, options);
  }

  /** Documents in the order in which they answer a query: POST /v1/rerank */
  rerank(body: types.RerankRequest, options: CallOptions = {}): Promise<types.RerankResponse> {
    return this.call({ method: 'POST', path: '/v1/rerank', body, once: true }, options);
  }

  /** A bot's answer to a visitor: POST /v1/answer */
  answer(body: types.AnswerRequest, options: CallOptions = {}): Promise<types.AnswerResponse> {
    return this.call({ method: 'POST', path: '/v1/answer', body, once: true }, options);
  }

  /** A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions */
  chatCompletions(body: Omit<types.ChatCompletionsRequest, 'stream'>, options: CallOptions = {}): Promise<types.ChatCompletionsResponse> {
    return this.call({ method: 'POST', path: '/v1/chat/completions', body, once: true }, options);
  }

  /** A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions */
  streamChatCompletions(body: Omit<types.ChatCompletionsRequest, 'stream'>, options: CallOptions = {}): AsyncIterable<types.ChatCompletionsEvent> {
    return this.stream({ method: 'POST', path: '/v1/chat/completions', body: { ...body, stream: true }, once: true }, options);
  }

  /** What somebody thinks of an answer: POST /v1/feedback */
  feedback(body: types.FeedbackRequest, options: CallOptions = {}): Promise<types.FeedbackResponse> {
    return this.call({ method: 'POST', path: '/v1/feedback', body, once: true }, options);
  }

  /** Models and bots that answer now: GET /v1/models */
  models(options: CallOptions = {}): Promise<types.ModelsResponse> {
    return this.call({ method: 'GET', path: '/v1/models' }, options);
  }

  /** The caller's usage: GET /v1/usage */
  usage(query: types.UsageQuery = {}, options: CallOptions = {}): Promise<types.UsageResponse> {
    return this.call({ method: 'GET', path: '/v1/usage', query }, options);
  }

  /** The caller's balance: GET /v1/balance */
  balance(options: CallOptions = {}): Promise<types.BalanceResponse> {
    return this.call({ method: 'GET', path: '/v1/balance' }, options);
  }

  /** The caller's invoices: GET /v1/invoices */
  invoices(options: CallOptions = {}): Promise<types.InvoicesResponse> {
    return this.call({ method: 'GET', path: '/v1/invoices' }, options);
  }

  /** The process is alive: GET /healthz */
  healthz(options: CallOptions = {}): Promise<types.HealthzResponse> {
    return this.call({ method: 'GET', path: '/healthz' }, options);
  }

  /** 200 when calls can be answered, else 503: GET /readyz */
  readyz(options: CallOptions = {}): Promise<types.ReadyzResponse> {
    return this.call({ method: 'GET', path: '/readyz' }, options);
  }

  /** Prometheus text: GET /metrics */
  metrics(options: CallOptions = {}): Promise<string> {
    return this.call({ method: 'GET', path: '/metrics', text: true }, options);
  }

  /** Title, colour and first questions of a public bot (?bot=): GET /v1/widget */
  widget(options: CallOptions = {}): Promise<types.WidgetResponse> {
    return this.call({ method: 'GET', path: '/v1/widget' }, options);
  }

  /** A visitor's token for a public bot, for pages of its origins: POST /v1/visitors */
  visitors(body: types.VisitorsRequest, options: CallOptions = {}): Promise<types.VisitorsResponse> {
    return this.call({ method: 'POST', path: '/v1/visitors', body }, options);
  }

  /** What users did: one event, a batch, or a line each; each counts once, by its id: POST /v1/events */
  events(body: types.EventsRequest, options: CallOptions = {}): Promise<types.EventsResponse> {
    return this.call({ method: 'POST', path: '/v1/events', body, once: true }, options);
  }

  /** What can be recommended: one item, a batch, or a line each; told again it replaces what was told: POST /v1/items */
  items(body: types.ItemsRequest, options: CallOptions = {}): Promise<types.ItemsResponse> {
    return this.call({ method: 'POST', path: '/v1/items', body, once: true }, options);
  }

  /** Items for a user now, with reasons: POST /v1/recommend */
  recommend(body: types.RecommendRequest, options: CallOptions = {}): Promise<types.RecommendResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend', body, once: true }, options);
  }

  /** Given items in the order they suit a user; unknown ones are kept: POST /v1/recommend/rerank */
  recommendRerank(body: types.RecommendRerankRequest, options: CallOptions = {}): Promise<types.RecommendRerankResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/rerank', body, once: true }, options);
  }

  /** A sponsored item was clicked: counted and charged once, within half an hour of being shown: POST /v1/recommend/sponsored/click */
  recommendSponsoredClick(body: types.RecommendSponsoredClickRequest, options: CallOptions = {}): Promise<types.RecommendSponsoredClickResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/sponsored/click', body, once: true }, options);
  }

  /** How much there is to recommend from, with an agent's token: GET /v1/recommend/board */
  recommendBoard(options: CallOptions = {}): Promise<types.RecommendBoardResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/board' }, options);
  }

  /** Items by words, those with the most users first: GET /v1/recommend/items */
  recommendItems(query: types.RecommendItemsQuery = {}, options: CallOptions = {}): Promise<types.RecommendItemsResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/items', query }, options);
  }

  /** Takes an item out of every list at once, or puts it back: POST /v1/recommend/items/hide */
  recommendItemsHide(body: types.RecommendItemsHideRequest, options: CallOptions = {}): Promise<types.RecommendItemsHideResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/items/hide', body, once: true }, options);
  }

  /** Users by words, those with the most events first: GET /v1/recommend/users */
  recommendUsers(query: types.RecommendUsersQuery = {}, options: CallOptions = {}): Promise<types.RecommendUsersResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/users', query }, options);
  }

  /** What a user did, the newest first: GET /v1/recommend/users/history */
  recommendUsersHistory(query: types.RecommendUsersHistoryQuery, options: CallOptions = {}): Promise<types.RecommendUsersHistoryResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/users/history', query }, options);
  }

  /** The list a user would get now, with reasons; it is not kept: POST /v1/recommend/preview */
  recommendPreview(body: types.RecommendPreviewRequest, options: CallOptions = {}): Promise<types.RecommendPreviewResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/preview', body, once: true }, options);
  }

  /** What is pinned, lifted, capped and blocked in lists: GET /v1/recommend/rules */
  getRecommendRules(options: CallOptions = {}): Promise<types.GetRecommendRulesResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/rules' }, options);
  }

  /** All rules of the lists anew, in force from the next list on; for managers: POST /v1/recommend/rules */
  postRecommendRules(body: types.PostRecommendRulesRequest, options: CallOptions = {}): Promise<types.PostRecommendRulesResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/rules', body, once: true }, options);
  }

  /** Lists and what was clicked of them within half an hour, by day: GET /v1/recommend/metrics */
  recommendMetrics(query: types.RecommendMetricsQuery = {}, options: CallOptions = {}): Promise<types.RecommendMetricsResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/metrics', query }, options);
  }

  /** What becomes of lists, what the record lacks, how it changes, what a list costs: GET /v1/recommend/health */
  recommendHealth(query: types.RecommendHealthQuery = {}, options: CallOptions = {}): Promise<types.RecommendHealthResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/health', query }, options);
  }

  /** What served when, and what the guard said: GET /v1/recommend/releases */
  recommendReleases(options: CallOptions = {}): Promise<types.RecommendReleasesResponse> {
    return this.call({ method: 'GET', path: '/v1/recommend/releases' }, options);
  }

  /** Goes back to the release before: POST /v1/recommend/rollback */
  recommendRollback(body: types.RecommendRollbackRequest, options: CallOptions = {}): Promise<types.RecommendRollbackResponse> {
    return this.call({ method: 'POST', path: '/v1/recommend/rollback', body, once: true }, options);
  }

  /** What became of events from topics, as Prometheus text: GET /metrics/recommend */
  metricsRecommend(options: CallOptions = {}): Promise<string> {
    return this.call({ method: 'GET', path: '/metrics/recommend', text: true }, options);
  }

  /** Technical report, Chinese: GET /report */
  report(options: CallOptions = {}): Promise<string> {
    return this.call({ method: 'GET', path: '/report', text: true }, options);
  }

  /** Technical report, Chinese: GET /report/zh */
  reportZh(options: CallOptions = {}): Promise<string> {
    return this.call({ method: 'GET', path: '/report/zh', text: true }, options);
  }

  /** Technical report, English: GET /report/en */
  reportEn(options: CallOptions = {}): Promise<string> {
    return this.call({ method: 'GET', path: '/report/en', text: true }, options);
  }
}
