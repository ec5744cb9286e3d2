// Bodies of requests and answers. Made by sdk/generate.py from /openapi.json: do not edit.

export interface ClassifyRequest {
  model: string;
  /** text, or up to 64; each at most 8192 bytes */
  input: string | Array<string>;
  top_k?: number;
}

export interface ClassifyResponse {
  model: string;
  release_id: string;
  results: Array<ClassifyResponseResult>;
  usage: ClassifyResponseUsage;
}

export interface ClassifyResponseResult {
  index?: number;
  trace_id?: string;
  /** by the model's thresholds; refuse: also when the text is out of its scope */
  decision?: "answer" | "clarify" | "refuse";
  labels?: Array<ClassifyResponseResultLabel>;
}

export interface ClassifyResponseResultLabel {
  label?: string;
  score?: number;
  /** of a model of any number of labels: whether the label's score reaches its threshold; those that do are all listed */
  said?: boolean;
}

export interface ClassifyResponseUsage {
  tokens?: number;
}

export interface EmbeddingsRequest {
  model: string;
  /** text, or up to 64; each at most 8192 bytes */
  input: string | Array<string>;
  /** base64: of the little-endian f32 bytes */
  encoding_format?: "float" | "base64";
  /** what the vectors have; they are not cut */
  dimensions?: number;
  /** taken and not used */
  user?: string;
}

export interface EmbeddingsResponse {
  object: "list";
  model: string;
  data: Array<EmbeddingsResponseData>;
  usage: EmbeddingsResponseUsage;
}

export interface EmbeddingsResponseData {
  object: "embedding";
  index: number;
  embedding: Array<number> | string;
}

export interface EmbeddingsResponseUsage {
  prompt_tokens: number;
  total_tokens: number;
}

export interface RerankRequest {
  model: string;
  /** at most 8192 bytes */
  query: string;
  /** each at most 8192 bytes */
  documents: Array<string>;
  /** results; default: all */
  top_n?: number;
}

export interface RerankResponse {
  model: string;
  release_id: string;
  results: Array<RerankResponseResult>;
  usage: RerankResponseUsage;
}

export interface RerankResponseResult {
  /** into documents */
  index: number;
  /** from 0 to 1; the best document first */
  score: number;
}

export interface RerankResponseUsage {
  tokens?: number;
}

export interface AnswerRequest {
  bot: string;
  /** of the answer before; absent: a conversation begins */
  conversation?: string;
  /** at most 8192 bytes */
  text?: string;
  /** the intent of an option that was tapped */
  option?: string;
  /** where the visitor is; default: the conversation's, at its beginning web */
  channel?: string;
  /** who asks, as you name them: by this name their conversations are deleted */
  visitor?: string;
}

export interface AnswerResponse {
  decision: "answer" | "clarify" | "refuse" | "handoff";
  text: string;
  score: number;
  intent: string;
  lang?: "zh" | "en";
  /** of an approved text its source; of a text out of documents its sentences */
  sources: Array<string | AnswerResponseSource>;
  options: Array<AnswerResponseOption>;
  trace_id: string;
  bot?: string;
  release_id?: string;
  /** where the next message goes */
  conversation: string;
  /** the conversation sent is over; this is another one */
  began_anew?: true;
  /** clarify: the value that is asked for */
  slot?: string;
  usage?: AnswerResponseUsage;
}

export interface AnswerResponseSource {
  document: string;
  version: number;
  /** bytes of that version's text */
  begin: number;
  end: number;
  title: string;
  date: string;
  score: number;
  /** of a document that has pages */
  page?: number;
}

export interface AnswerResponseOption {
  intent?: string;
  title?: string;
}

export interface AnswerResponseUsage {
  tokens?: number;
}

export interface ChatCompletionsRequest {
  /** the bot */
  model: string;
  /** at most 64 of the user where metadata names no conversation */
  messages: Array<ChatCompletionsRequestMessage>;
  stream?: boolean;
  stream_options?: ChatCompletionsRequestStreamOptions;
  metadata?: ChatCompletionsRequestMetadata;
  n?: 1;
  logprobs?: false;
  store?: false;
  response_format?: ChatCompletionsRequestResponseFormat;
  /** taken and not used, as the five below: nothing is sampled */
  temperature?: number;
  top_p?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  seed?: number;
  user?: string;
}

export interface ChatCompletionsRequestMessage {
  /** only what the user says is read: the bot's words are the shop's */
  role: "user" | "assistant" | "system" | "developer";
  /** of the user at most 8192 bytes */
  content?: string | Array<ChatCompletionsRequestMessageContent> | null;
  name?: string;
  refusal?: string | null;
}

export interface ChatCompletionsRequestMessageContent {
  type: "text";
  text: string;
}

export interface ChatCompletionsRequestStreamOptions {
  include_usage?: boolean;
}

export interface ChatCompletionsRequestMetadata {
  /** yupu.conversation of the answer before: the last message of the user goes on with it. Absent: the messages are the conversation, and are all read and charged */
  conversation?: string;
  /** the intent of an option that was tapped */
  option?: string;
  /** where the visitor is */
  channel?: string;
}

export interface ChatCompletionsRequestResponseFormat {
  type?: "text";
}

export interface ChatCompletionsResponse {
  /** the trace_id */
  id: string;
  object: "chat.completion";
  created: number;
  model: string;
  /** the release_id */
  system_fingerprint?: string;
  choices: Array<ChatCompletionsResponseChoice>;
  usage: ChatCompletionsResponseUsage;
  yupu: AnswerResponse;
}

export interface ChatCompletionsResponseChoice {
  index: number;
  message: ChatCompletionsResponseChoiceMessage;
  logprobs?: null;
  finish_reason: "stop";
}

export interface ChatCompletionsResponseChoiceMessage {
  role: "assistant";
  /** the text; options follow it, '- title' a line */
  content: string;
  refusal?: null;
}

export interface ChatCompletionsResponseUsage {
  prompt_tokens: number;
  completion_tokens: 0;
  total_tokens: number;
}

export interface ChatCompletionsEvent {
  id: string;
  object: "chat.completion.chunk";
  created: number;
  model: string;
  system_fingerprint?: string;
  choices: Array<ChatCompletionsEventChoice>;
  /** asked for by stream_options.include_usage: of the last event */
  usage?: null | ChatCompletionsEventUsage;
  yupu?: AnswerResponse;
}

export interface ChatCompletionsEventChoice {
  index: number;
  delta: ChatCompletionsEventChoiceDelta;
  logprobs?: null;
  finish_reason: "stop" | null;
}

export interface ChatCompletionsEventChoiceDelta {
  role?: "assistant";
  content?: string;
}

export interface ChatCompletionsEventUsage {
  prompt_tokens?: number;
  completion_tokens?: 0;
  total_tokens?: number;
}

export interface FeedbackRequest {
  trace_id: string;
  rating?: 1 | -1;
  /** the right label */
  correction?: string;
  reason?: string;
}

export interface FeedbackResponse {
  id: string;
  trace_id: string;
  rating?: 1 | -1;
  correction?: string;
}

export interface ModelsResponse {
  object: "list";
  data: Array<ModelsResponseData>;
}

export interface ModelsResponseData {
  id: string;
  object?: "model";
  kind: "model" | "bot";
  /** Unix time at which it was loaded */
  created?: number;
  owned_by?: "yupu";
  loaded_at?: string;
  /** of a bot: the model that reads for it */
  model?: string;
  release_id: string;
  labels: Array<string>;
  /** of a model that gives vectors */
  dimensions?: number;
  titles?: Record<string, unknown>;
  examples?: Array<string>;
}

export interface UsageQuery {
  /** YYYY-MM; default: the running one */
  month?: string;
}

export interface UsageResponse {
  tenant_id: string;
  month: string;
  plan: string;
  calls: number;
  tokens: number;
  price: string;
  /** 10^-6 fen */
  price_ufen: number;
  quota_tokens?: number | null;
  quota_ufen?: number | null;
  lines: Array<UsageResponseLine>;
}

export interface UsageResponseLine {
  meter: string;
  model: string;
  calls: number;
  tokens: number;
  price: string;
  price_ufen: number;
}

export interface BalanceResponse {
  tenant_id: string;
  owed: string;
  owed_ufen: number;
  currency: "CNY";
  /** ufen, by kind */
  accounts?: Record<string, number>;
}

export interface InvoicesResponse {
  data: Array<InvoicesResponseData>;
}

export interface InvoicesResponseData {
  id: string;
  tenant_id: string;
  month: string;
  kind: string;
  state: "draft" | "open";
  number?: string | null;
  currency: "CNY";
  net_ufen?: number;
  net_fen: number;
  vat_ppm?: number;
  vat_fen: number;
  total_fen: number;
  lines: Array<InvoicesResponseDataLine>;
  sha256?: string;
  made_at?: string;
}

export interface InvoicesResponseDataLine {
  meter: string;
  model: string;
  calls: number;
  tokens: number;
  amount_ufen: number;
  amount_fen: number;
}

export interface HealthzResponse {
  status: string;
}

export interface ReadyzResponse {
  status: string;
}

export interface WidgetResponse {
  bot: string;
  title: WidgetResponseTitle;
  /** #rrggbb */
  accent: string;
  /** questions to begin with */
  examples: Array<string>;
}

export interface WidgetResponseTitle {
  zh?: string;
  en?: string;
}

export interface VisitorsRequest {
  bot: string;
  /** who the visitor is, as the shop knows them */
  user_id?: string;
  /** end of the signature, seconds since 1970; at most 24 hours away */
  expires_at?: number;
  /** hex HMAC-SHA256 with the bot's identity secret of bot, user_id, expires_at, one a line */
  signature?: string;
}

export interface VisitorsResponse {
  /** send it as header yupu-visitor with /v1/answer and /v1/feedback */
  token: string;
  bot: string;
  expires_at: string;
}

export interface EventsRequest {
  /** the sender's; sent again, it is counted once */
  id?: string;
  user?: string;
  item?: string;
  kind?: "view" | "click" | "comment" | "share" | "buy";
  /** whole seconds since 1970, or 2026-11-27T08:30:00+08:00; late and in any order */
  time?: unknown;
  /** a price, seconds, stars: the sender's */
  value?: number;
  /** the list it came from */
  impression?: string;
  /** where in it the item stood */
  position?: number;
  /** where it was shown */
  surface?: string;
  events?: Array<Record<string, unknown>>;
}

export interface EventsResponse {
  added: number;
  /** were there already */
  known: number;
}

export interface ItemsRequest {
  id?: string;
  title?: string;
  description?: string;
  tags?: Array<string>;
  /** since when it can be had; whole seconds since 1970, or 2026-11-27T08:30:00+08:00 */
  created?: unknown;
  /** in the shop's own unit, the same for all items */
  price?: number;
  /** who made it, or its brand */
  author?: string;
  items?: Array<Record<string, unknown>>;
}

export interface ItemsResponse {
  added: number;
  changed: number;
  known: number;
}

export interface RecommendRequest {
  /** unknown: the fallback answers, and says so */
  user: string;
  count?: number;
  /** where the list is shown; kept with it */
  surface?: string;
  exclude?: Array<string>;
  /** items the user looks at now */
  context?: Array<string>;
  explain?: boolean;
  /** false: nothing that somebody pays for */
  sponsored?: boolean;
}

export interface RecommendResponse {
  impression: string;
  /** nothing is known of the user: what most touched lately, and new things */
  fallback: boolean;
  unknown_user?: boolean;
  unknown_context?: Array<string>;
  items: Array<RecommendResponseItem>;
  /** absent: nobody's; to be shown apart, with its label */
  sponsored?: RecommendResponseSponsored;
}

export interface RecommendResponseItem {
  id?: string;
  title?: string;
  score?: number;
  position?: number;
  flags?: Array<"new" | "pinned" | "explored">;
  reason?: RecommendResponseItemReason;
}

export interface RecommendResponseItemReason {
  kind?: "because_of" | "popular" | "new" | "picked";
  item?: string;
  title?: string;
  share?: number;
}

export interface RecommendResponseSponsored {
  id?: string;
  title?: string;
  label?: RecommendResponseSponsoredLabel;
}

export interface RecommendResponseSponsoredLabel {
  zh?: string;
  en?: string;
}

export interface RecommendRerankRequest {
  user: string;
  /** ids; of what may be unknown, objects as in a file of items, whose text is read then */
  items: Array<unknown>;
  surface?: string;
  context?: Array<string>;
  explain?: boolean;
}

export interface RecommendRerankResponse {
  impression: string;
  fallback: boolean;
  unknown_user?: boolean;
  unknown_context?: Array<string>;
  items: Array<RecommendRerankResponseItem>;
  /** taken down, or blocked by a rule */
  left_out?: Array<string>;
}

export interface RecommendRerankResponseItem {
  id?: string;
  title?: string;
  position?: number;
  /** absent: there was nothing to score it by */
  score?: number;
  flags?: Array<"new" | "from_text" | "unknown">;
  reason?: Record<string, unknown>;
}

export interface RecommendSponsoredClickRequest {
  /** of the list whose sponsored item was clicked */
  impression: string;
}

export interface RecommendSponsoredClickResponse {
  /** false: it was counted before */
  counted: boolean;
  /** 10^-6 fen, to whom the campaign belongs */
  price_ufen?: number;
}

export interface RecommendBoardResponse {
  /** who asks */
  person: string;
  /** may change the rules and go back to another release */
  manager: boolean;
  items: number;
  users: number;
  events: number;
  /** the release that serves; empty: none */
  live: string;
}

export interface RecommendItemsQuery {
  /** what the id or the title has in it; absent: everything */
  words?: string;
  /** 50 */
  limit?: number;
}

export interface RecommendItemsResponse {
  found: number;
  items: Array<RecommendItemsResponseItem>;
}

export interface RecommendItemsResponseItem {
  id?: string;
  /** empty: events alone name it */
  title?: string;
  tags?: Array<string>;
  users?: number;
  hidden?: boolean;
}

export interface RecommendItemsHideRequest {
  item: string;
  /** absent: false, it is shown again */
  hidden?: boolean;
}

export interface RecommendItemsHideResponse {
  item?: string;
  hidden?: boolean;
  changed?: boolean;
}

export interface RecommendUsersQuery {
  /** what the id or the title has in it; absent: everything */
  words?: string;
  /** 50 */
  limit?: number;
}

export interface RecommendUsersResponse {
  found: number;
  users: Array<RecommendUsersResponseUser>;
}

export interface RecommendUsersResponseUser {
  id?: string;
  events?: number;
  last?: string;
}

export interface RecommendUsersHistoryQuery {
  user: string;
  /** 50 */
  limit?: number;
}

export interface RecommendUsersHistoryResponse {
  user: string;
  events: Array<RecommendUsersHistoryResponseEvent>;
}

export interface RecommendUsersHistoryResponseEvent {
  item?: string;
  title?: string;
  kind?: "view" | "click" | "comment" | "share" | "buy";
  time?: string;
}

export interface RecommendPreviewRequest {
  user: string;
  count?: number;
  context?: Array<string>;
  exclude?: Array<string>;
}

export interface RecommendPreviewResponse {
  arm?: "champion" | "challenger";
  release?: string;
  fallback?: boolean;
  unknown_user?: boolean;
  items: Array<Record<string, unknown>>;
}

export interface GetRecommendRulesResponse {
  pin?: Array<GetRecommendRulesResponsePin>;
  /** by tag: -1 to 1, added to relevance */
  lift?: Record<string, number>;
  /** of relevance, by the item's age; 0: none */
  half_life_days?: number;
  /** by tag, or by author:* for every tag that begins so: how many of a list */
  caps?: Record<string, number>;
  blocked_tags?: Array<string>;
  blocked_words?: Array<string>;
  /** items that no reason names */
  unnamed_tags?: Array<string>;
  /** of places, to what little is known of */
  explore?: number;
}

export interface GetRecommendRulesResponsePin {
  item: string;
  position?: number;
  /** absent: every one */
  surface?: string;
}

export interface PostRecommendRulesRequest {
  pin?: Array<PostRecommendRulesRequestPin>;
  /** by tag: -1 to 1, added to relevance */
  lift?: Record<string, number>;
  /** of relevance, by the item's age; 0: none */
  half_life_days?: number;
  /** by tag, or by author:* for every tag that begins so: how many of a list */
  caps?: Record<string, number>;
  blocked_tags?: Array<string>;
  blocked_words?: Array<string>;
  /** items that no reason names */
  unnamed_tags?: Array<string>;
  /** of places, to what little is known of */
  explore?: number;
}

export interface PostRecommendRulesRequestPin {
  item: string;
  position?: number;
  /** absent: every one */
  surface?: string;
}

export interface PostRecommendRulesResponse {
  pin?: Array<PostRecommendRulesResponsePin>;
  /** by tag: -1 to 1, added to relevance */
  lift?: Record<string, number>;
  /** of relevance, by the item's age; 0: none */
  half_life_days?: number;
  /** by tag, or by author:* for every tag that begins so: how many of a list */
  caps?: Record<string, number>;
  blocked_tags?: Array<string>;
  blocked_words?: Array<string>;
  /** items that no reason names */
  unnamed_tags?: Array<string>;
  /** of places, to what little is known of */
  explore?: number;
}

export interface PostRecommendRulesResponsePin {
  item: string;
  position?: number;
  /** absent: every one */
  surface?: string;
}

export interface RecommendMetricsQuery {
  /** back from today; 30 */
  days?: number;
}

export interface RecommendMetricsResponse {
  join_minutes?: number;
  clicked?: Record<string, unknown>;
  positive?: Record<string, unknown>;
  days: Array<RecommendMetricsResponseDay>;
  /** places that were drawn, and clicks there */
  explored?: Array<RecommendMetricsResponseExplored>;
  /** both arms of the one that runs, and challenger minus champion */
  experiment?: Record<string, unknown>;
}

export interface RecommendMetricsResponseDay {
  day?: string;
  clicks?: number;
  clicked?: Record<string, unknown>;
  positive?: Record<string, unknown>;
}

export interface RecommendMetricsResponseExplored {
  position?: number;
  lists?: number;
  clicks?: number;
}

export interface RecommendHealthQuery {
  /** back from today; 30 */
  days?: number;
}

export interface RecommendHealthResponse {
  /** lists with at least that of one of their items */
  funnel: Array<RecommendHealthResponseFunnel>;
  /** how many items are without a title, a text, tags, ...; users */
  record: Record<string, unknown>;
  /** of the days: all, told a day late, naming the list they came from */
  events: Record<string, unknown>;
  /** of topics that are read: what became of their messages, since the beginning */
  sources: Array<RecommendHealthResponseSource>;
  /** the last 7 days beside the 28 before: stability indices */
  drift: Record<string, unknown>;
  /** of every tenant's last 1000 lists, since the start */
  cost: Array<RecommendHealthResponseCost>;
}

export interface RecommendHealthResponseFunnel {
  step?: "given" | "click" | "comment" | "share" | "buy";
  lists?: number;
  users?: number;
}

export interface RecommendHealthResponseSource {
  source?: string;
  read?: string;
  outcomes?: Array<RecommendHealthResponseSourceOutcome>;
}

export interface RecommendHealthResponseSourceOutcome {
  outcome?: string;
  count?: number;
  last?: string;
  detail?: string;
}

export interface RecommendHealthResponseCost {
  stage?: "read" | "order" | "explore" | "reasons" | "keep";
  lists?: number;
  p50_ms?: number;
  p95_ms?: number;
  p99_ms?: number;
}

export interface RecommendReleasesResponse {
  live: string;
  releases: Array<Record<string, unknown>>;
  changes?: Array<Record<string, unknown>>;
}

export interface RecommendRollbackRequest {
  reason?: string;
}

export interface RecommendRollbackResponse {
  /** the release that serves from now on */
  live: string;
}
