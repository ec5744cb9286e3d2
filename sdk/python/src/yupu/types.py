"""Bodies of requests and answers. Made by sdk/generate.py from /openapi.json: do not edit."""
from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict, Union


class _ClassifyRequestNeeded(TypedDict):
    model: str
    input: Union[str, List[str]]  # text, or up to 64; each at most 8192 bytes


class ClassifyRequest(_ClassifyRequestNeeded, total=False):
    top_k: int


class ClassifyResponse(TypedDict):
    model: str
    release_id: str
    results: List[ClassifyResponseResult]
    usage: ClassifyResponseUsage


class ClassifyResponseResult(TypedDict, total=False):
    index: int
    trace_id: str
    decision: Literal['answer', 'clarify', 'refuse']  # by the model's thresholds; refuse: also when the text is out of its scope
    labels: List[ClassifyResponseResultLabel]


class ClassifyResponseResultLabel(TypedDict, total=False):
    label: str
    score: float
    said: bool  # of a model of any number of labels: whether the label's score reaches its threshold; those that do are all listed


class ClassifyResponseUsage(TypedDict, total=False):
    tokens: int


class _EmbeddingsRequestNeeded(TypedDict):
    model: str
    input: Union[str, List[str]]  # text, or up to 64; each at most 8192 bytes


class EmbeddingsRequest(_EmbeddingsRequestNeeded, total=False):
    encoding_format: Literal['float', 'base64']  # base64: of the little-endian f32 bytes
    dimensions: int  # what the vectors have; they are not cut
    user: str  # taken and not used


class EmbeddingsResponse(TypedDict):
    object: Literal['list']
    model: str
    data: List[EmbeddingsResponseData]
    usage: EmbeddingsResponseUsage


class EmbeddingsResponseData(TypedDict):
    object: Literal['embedding']
    index: int
    embedding: Union[List[float], str]


class EmbeddingsResponseUsage(TypedDict):
    prompt_tokens: int
    total_tokens: int


class _RerankRequestNeeded(TypedDict):
    model: str
    query: str  # at most 8192 bytes
    documents: List[str]  # each at most 8192 bytes


class RerankRequest(_RerankRequestNeeded, total=False):
    top_n: int  # results; default: all


class RerankResponse(TypedDict):
    model: str
    release_id: str
    results: List[RerankResponseResult]
    usage: RerankResponseUsage


class RerankResponseResult(TypedDict):
    index: int  # into documents
    score: float  # from 0 to 1; the best document first


class RerankResponseUsage(TypedDict, total=False):
    tokens: int


class _AnswerRequestNeeded(TypedDict):
    bot: str


class AnswerRequest(_AnswerRequestNeeded, total=False):
    conversation: str  # of the answer before; absent: a conversation begins
    text: str  # at most 8192 bytes
    option: str  # the intent of an option that was tapped
    channel: str  # where the visitor is; default: the conversation's, at its beginning web
    visitor: str  # who asks, as you name them: by this name their conversations are deleted


class _AnswerResponseNeeded(TypedDict):
    decision: Literal['answer', 'clarify', 'refuse', 'handoff']
    text: str
    score: float
    intent: str
    sources: List[Union[str, AnswerResponseSource]]  # of an approved text its source; of a text out of documents its sentences
    options: List[AnswerResponseOption]
    trace_id: str
    conversation: str  # where the next message goes


class AnswerResponse(_AnswerResponseNeeded, total=False):
    lang: Literal['zh', 'en']
    bot: str
    release_id: str
    began_anew: Literal[True]  # the conversation sent is over; this is another one
    slot: str  # clarify: the value that is asked for
    usage: AnswerResponseUsage


class _AnswerResponseSourceNeeded(TypedDict):
    document: str
    version: int
    begin: int  # bytes of that version's text
    end: int
    title: str
    date: str
    score: float


class AnswerResponseSource(_AnswerResponseSourceNeeded, total=False):
    page: int  # of a document that has pages


class AnswerResponseOption(TypedDict, total=False):
    intent: str
    title: str


class AnswerResponseUsage(TypedDict, total=False):
    tokens: int


class _ChatCompletionsRequestNeeded(TypedDict):
    model: str  # the bot
    messages: List[ChatCompletionsRequestMessage]  # at most 64 of the user where metadata names no conversation


class ChatCompletionsRequest(_ChatCompletionsRequestNeeded, total=False):
    stream: bool
    stream_options: ChatCompletionsRequestStreamOptions
    metadata: ChatCompletionsRequestMetadata
    n: Literal[1]
    logprobs: Literal[False]
    store: Literal[False]
    response_format: ChatCompletionsRequestResponseFormat
    temperature: float  # taken and not used, as the five below: nothing is sampled
    top_p: float
    presence_penalty: float
    frequency_penalty: float
    seed: int
    user: str


class _ChatCompletionsRequestMessageNeeded(TypedDict):
    role: Literal['user', 'assistant', 'system', 'developer']  # only what the user says is read: the bot's words are the shop's


class ChatCompletionsRequestMessage(_ChatCompletionsRequestMessageNeeded, total=False):
    content: Union[str, List[ChatCompletionsRequestMessageContent], None]  # of the user at most 8192 bytes
    name: str
    refusal: Union[str, None]


class ChatCompletionsRequestMessageContent(TypedDict):
    type: Literal['text']
    text: str


class ChatCompletionsRequestStreamOptions(TypedDict, total=False):
    include_usage: bool


class ChatCompletionsRequestMetadata(TypedDict, total=False):
    conversation: str  # yupu.conversation of the answer before: the last message of the user goes on with it. Absent: the messages are the conversation, and are all read and charged
    option: str  # the intent of an option that was tapped
    channel: str  # where the visitor is


class ChatCompletionsRequestResponseFormat(TypedDict, total=False):
    type: Literal['text']


class _ChatCompletionsResponseNeeded(TypedDict):
    id: str  # the trace_id
    object: Literal['chat.completion']
    created: int
    model: str
    choices: List[ChatCompletionsResponseChoice]
    usage: ChatCompletionsResponseUsage
    yupu: AnswerResponse


class ChatCompletionsResponse(_ChatCompletionsResponseNeeded, total=False):
    system_fingerprint: str  # the release_id


class _ChatCompletionsResponseChoiceNeeded(TypedDict):
    index: int
    message: ChatCompletionsResponseChoiceMessage
    finish_reason: Literal['stop']


class ChatCompletionsResponseChoice(_ChatCompletionsResponseChoiceNeeded, total=False):
    logprobs: None


class _ChatCompletionsResponseChoiceMessageNeeded(TypedDict):
    role: Literal['assistant']
    content: str  # the text; options follow it, '- title' a line


class ChatCompletionsResponseChoiceMessage(_ChatCompletionsResponseChoiceMessageNeeded, total=False):
    refusal: None


class ChatCompletionsResponseUsage(TypedDict):
    prompt_tokens: int
    completion_tokens: Literal[0]
    total_tokens: int


class _ChatCompletionsEventNeeded(TypedDict):
    id: str
    object: Literal['chat.completion.chunk']
    created: int
    model: str
    choices: List[ChatCompletionsEventChoice]


class ChatCompletionsEvent(_ChatCompletionsEventNeeded, total=False):
    system_fingerprint: str
    usage: Union[None, ChatCompletionsEventUsage]  # asked for by stream_options.include_usage: of the last event
    yupu: AnswerResponse


class _ChatCompletionsEventChoiceNeeded(TypedDict):
    index: int
    delta: ChatCompletionsEventChoiceDelta
    finish_reason: Literal['stop', None]


class ChatCompletionsEventChoice(_ChatCompletionsEventChoiceNeeded, total=False):
    logprobs: None


class ChatCompletionsEventChoiceDelta(TypedDict, total=False):
    role: Literal['assistant']
    content: str


class ChatCompletionsEventUsage(TypedDict, total=False):
    prompt_tokens: int
    completion_tokens: Literal[0]
    total_tokens: int


class _FeedbackRequestNeeded(TypedDict):
    trace_id: str


class FeedbackRequest(_FeedbackRequestNeeded, total=False):
    rating: Literal[1, -1]
    correction: str  # the right label
    reason: str


class _FeedbackResponseNeeded(TypedDict):
    id: str
    trace_id: str


class FeedbackResponse(_FeedbackResponseNeeded, total=False):
    rating: Literal[1, -1]
    correction: str


class ModelsResponse(TypedDict):
    object: Literal['list']
    data: List[ModelsResponseData]


class _ModelsResponseDataNeeded(TypedDict):
    id: str
    kind: Literal['model', 'bot']
    release_id: str
    labels: List[str]


class ModelsResponseData(_ModelsResponseDataNeeded, total=False):
    object: Literal['model']
    created: int  # Unix time at which it was loaded
    owned_by: Literal['yupu']
    loaded_at: str
    model: str  # of a bot: the model that reads for it
    dimensions: int  # of a model that gives vectors
    titles: Dict[str, Any]
    examples: List[str]


class UsageQuery(TypedDict, total=False):
    month: str  # YYYY-MM; default: the running one


class _UsageResponseNeeded(TypedDict):
    tenant_id: str
    month: str
    plan: str
    calls: int
    tokens: int
    price: str
    price_ufen: int  # 10^-6 fen
    lines: List[UsageResponseLine]


class UsageResponse(_UsageResponseNeeded, total=False):
    quota_tokens: Union[int, None]
    quota_ufen: Union[int, None]


class UsageResponseLine(TypedDict):
    meter: str
    model: str
    calls: int
    tokens: int
    price: str
    price_ufen: int


class _BalanceResponseNeeded(TypedDict):
    tenant_id: str
    owed: str
    owed_ufen: int
    currency: Literal['CNY']


class BalanceResponse(_BalanceResponseNeeded, total=False):
    accounts: Dict[str, int]  # ufen, by kind


class InvoicesResponse(TypedDict):
    data: List[InvoicesResponseData]


class _InvoicesResponseDataNeeded(TypedDict):
    id: str
    tenant_id: str
    month: str
    kind: str
    state: Literal['draft', 'open']
    currency: Literal['CNY']
    net_fen: int
    vat_fen: int
    total_fen: int
    lines: List[InvoicesResponseDataLine]


class InvoicesResponseData(_InvoicesResponseDataNeeded, total=False):
    number: Union[str, None]
    net_ufen: int
    vat_ppm: int
    sha256: str
    made_at: str


class InvoicesResponseDataLine(TypedDict):
    meter: str
    model: str
    calls: int
    tokens: int
    amount_ufen: int
    amount_fen: int


class HealthzResponse(TypedDict):
    status: str


class ReadyzResponse(TypedDict):
    status: str


class WidgetResponse(TypedDict):
    bot: str
    title: WidgetResponseTitle
    accent: str  # #rrggbb
    examples: List[str]  # questions to begin with


class WidgetResponseTitle(TypedDict, total=False):
    zh: str
    en: str


class _VisitorsRequestNeeded(TypedDict):
    bot: str


class VisitorsRequest(_VisitorsRequestNeeded, total=False):
    user_id: str  # who the visitor is, as the shop knows them
    expires_at: int  # end of the signature, seconds since 1970; at most 24 hours away
    signature: str  # hex HMAC-SHA256 with the bot's identity secret of bot, user_id, expires_at, one a line


class VisitorsResponse(TypedDict):
    token: str  # send it as header yupu-visitor with /v1/answer and /v1/feedback
    bot: str
    expires_at: str


class EventsRequest(TypedDict, total=False):
    id: str  # the sender's; sent again, it is counted once
    user: str
    item: str
    kind: Literal['view', 'click', 'comment', 'share', 'buy']
    time: Any  # whole seconds since 1970, or 2026-11-27T08:30:00+08:00; late and in any order
    value: float  # a price, seconds, stars: the sender's
    impression: str  # the list it came from
    position: int  # where in it the item stood
    surface: str  # where it was shown
    events: List[Dict[str, Any]]


class EventsResponse(TypedDict):
    added: int
    known: int  # were there already


class ItemsRequest(TypedDict, total=False):
    id: str
    title: str
    description: str
    tags: List[str]
    created: Any  # since when it can be had; whole seconds since 1970, or 2026-11-27T08:30:00+08:00
    price: float  # in the shop's own unit, the same for all items
    author: str  # who made it, or its brand
    items: List[Dict[str, Any]]


class ItemsResponse(TypedDict):
    added: int
    changed: int
    known: int


class _RecommendRequestNeeded(TypedDict):
    user: str  # unknown: the fallback answers, and says so


class RecommendRequest(_RecommendRequestNeeded, total=False):
    count: int
    surface: str  # where the list is shown; kept with it
    exclude: List[str]
    context: List[str]  # items the user looks at now
    explain: bool
    sponsored: bool  # false: nothing that somebody pays for


class _RecommendResponseNeeded(TypedDict):
    impression: str
    fallback: bool  # nothing is known of the user: what most touched lately, and new things
    items: List[RecommendResponseItem]


class RecommendResponse(_RecommendResponseNeeded, total=False):
    unknown_user: bool
    unknown_context: List[str]
    sponsored: RecommendResponseSponsored  # absent: nobody's; to be shown apart, with its label


class RecommendResponseItem(TypedDict, total=False):
    id: str
    title: str
    score: float
    position: int
    flags: List[Literal['new', 'pinned', 'explored']]
    reason: RecommendResponseItemReason


class RecommendResponseItemReason(TypedDict, total=False):
    kind: Literal['because_of', 'popular', 'new', 'picked']
    item: str
    title: str
    share: float


class RecommendResponseSponsored(TypedDict, total=False):
    id: str
    title: str
    label: RecommendResponseSponsoredLabel


class RecommendResponseSponsoredLabel(TypedDict, total=False):
    zh: str
    en: str


class _RecommendRerankRequestNeeded(TypedDict):
    user: str
    items: List[Any]  # ids; of what may be unknown, objects as in a file of items, whose text is read then


class RecommendRerankRequest(_RecommendRerankRequestNeeded, total=False):
    surface: str
    context: List[str]
    explain: bool


class _RecommendRerankResponseNeeded(TypedDict):
    impression: str
    fallback: bool
    items: List[RecommendRerankResponseItem]


class RecommendRerankResponse(_RecommendRerankResponseNeeded, total=False):
    unknown_user: bool
    unknown_context: List[str]
    left_out: List[str]  # taken down, or blocked by a rule


class RecommendRerankResponseItem(TypedDict, total=False):
    id: str
    title: str
    position: int
    score: float  # absent: there was nothing to score it by
    flags: List[Literal['new', 'from_text', 'unknown']]
    reason: Dict[str, Any]


class RecommendSponsoredClickRequest(TypedDict):
    impression: str  # of the list whose sponsored item was clicked


class _RecommendSponsoredClickResponseNeeded(TypedDict):
    counted: bool  # false: it was counted before


class RecommendSponsoredClickResponse(_RecommendSponsoredClickResponseNeeded, total=False):
    price_ufen: int  # 10^-6 fen, to whom the campaign belongs


class RecommendBoardResponse(TypedDict):
    person: str  # who asks
    manager: bool  # may change the rules and go back to another release
    items: int
    users: int
    events: int
    live: str  # the release that serves; empty: none


class RecommendItemsQuery(TypedDict, total=False):
    words: str  # what the id or the title has in it; absent: everything
    limit: int  # 50


class RecommendItemsResponse(TypedDict):
    found: int
    items: List[RecommendItemsResponseItem]


class RecommendItemsResponseItem(TypedDict, total=False):
    id: str
    title: str  # empty: events alone name it
    tags: List[str]
    users: int
    hidden: bool


class _RecommendItemsHideRequestNeeded(TypedDict):
    item: str


class RecommendItemsHideRequest(_RecommendItemsHideRequestNeeded, total=False):
    hidden: bool  # absent: false, it is shown again


class RecommendItemsHideResponse(TypedDict, total=False):
    item: str
    hidden: bool
    changed: bool


class RecommendUsersQuery(TypedDict, total=False):
    words: str  # what the id or the title has in it; absent: everything
    limit: int  # 50


class RecommendUsersResponse(TypedDict):
    found: int
    users: List[RecommendUsersResponseUser]


class RecommendUsersResponseUser(TypedDict, total=False):
    id: str
    events: int
    last: str


class _RecommendUsersHistoryQueryNeeded(TypedDict):
    user: str


class RecommendUsersHistoryQuery(_RecommendUsersHistoryQueryNeeded, total=False):
    limit: int  # 50


class RecommendUsersHistoryResponse(TypedDict):
    user: str
    events: List[RecommendUsersHistoryResponseEvent]


class RecommendUsersHistoryResponseEvent(TypedDict, total=False):
    item: str
    title: str
    kind: Literal['view', 'click', 'comment', 'share', 'buy']
    time: str


class _RecommendPreviewRequestNeeded(TypedDict):
    user: str


class RecommendPreviewRequest(_RecommendPreviewRequestNeeded, total=False):
    count: int
    context: List[str]
    exclude: List[str]


class _RecommendPreviewResponseNeeded(TypedDict):
    items: List[Dict[str, Any]]


class RecommendPreviewResponse(_RecommendPreviewResponseNeeded, total=False):
    arm: Literal['champion', 'challenger']
    release: str
    fallback: bool
    unknown_user: bool


class GetRecommendRulesResponse(TypedDict, total=False):
    pin: List[GetRecommendRulesResponsePin]
    lift: Dict[str, float]  # by tag: -1 to 1, added to relevance
    half_life_days: float  # of relevance, by the item's age; 0: none
    caps: Dict[str, int]  # by tag, or by author:* for every tag that begins so: how many of a list
    blocked_tags: List[str]
    blocked_words: List[str]
    unnamed_tags: List[str]  # items that no reason names
    explore: float  # of places, to what little is known of


class _GetRecommendRulesResponsePinNeeded(TypedDict):
    item: str


class GetRecommendRulesResponsePin(_GetRecommendRulesResponsePinNeeded, total=False):
    position: int
    surface: str  # absent: every one


class PostRecommendRulesRequest(TypedDict, total=False):
    pin: List[PostRecommendRulesRequestPin]
    lift: Dict[str, float]  # by tag: -1 to 1, added to relevance
    half_life_days: float  # of relevance, by the item's age; 0: none
    caps: Dict[str, int]  # by tag, or by author:* for every tag that begins so: how many of a list
    blocked_tags: List[str]
    blocked_words: List[str]
    unnamed_tags: List[str]  # items that no reason names
    explore: float  # of places, to what little is known of


class _PostRecommendRulesRequestPinNeeded(TypedDict):
    item: str


class PostRecommendRulesRequestPin(_PostRecommendRulesRequestPinNeeded, total=False):
    position: int
    surface: str  # absent: every one


class PostRecommendRulesResponse(TypedDict, total=False):
    pin: List[PostRecommendRulesResponsePin]
    lift: Dict[str, float]  # by tag: -1 to 1, added to relevance
    half_life_days: float  # of relevance, by the item's age; 0: none
    caps: Dict[str, int]  # by tag, or by author:* for every tag that begins so: how many of a list
    blocked_tags: List[str]
    blocked_words: List[str]
    unnamed_tags: List[str]  # items that no reason names
    explore: float  # of places, to what little is known of


class _PostRecommendRulesResponsePinNeeded(TypedDict):
    item: str


class PostRecommendRulesResponsePin(_PostRecommendRulesResponsePinNeeded, total=False):
    position: int
    surface: str  # absent: every one


class RecommendMetricsQuery(TypedDict, total=False):
    days: int  # back from today; 30


class _RecommendMetricsResponseNeeded(TypedDict):
    days: List[RecommendMetricsResponseDay]


class RecommendMetricsResponse(_RecommendMetricsResponseNeeded, total=False):
    join_minutes: int
    clicked: Dict[str, Any]
    positive: Dict[str, Any]
    explored: List[RecommendMetricsResponseExplored]  # places that were drawn, and clicks there
    experiment: Dict[str, Any]  # both arms of the one that runs, and challenger minus champion


class RecommendMetricsResponseDay(TypedDict, total=False):
    day: str
    clicks: int
    clicked: Dict[str, Any]
    positive: Dict[str, Any]


class RecommendMetricsResponseExplored(TypedDict, total=False):
    position: int
    lists: int
    clicks: int


class RecommendHealthQuery(TypedDict, total=False):
    days: int  # back from today; 30


class RecommendHealthResponse(TypedDict):
    funnel: List[RecommendHealthResponseFunnel]  # lists with at least that of one of their items
    record: Dict[str, Any]  # how many items are without a title, a text, tags, ...; users
    events: Dict[str, Any]  # of the days: all, told a day late, naming the list they came from
    sources: List[RecommendHealthResponseSource]  # of topics that are read: what became of their messages, since the beginning
    drift: Dict[str, Any]  # the last 7 days beside the 28 before: stability indices
    cost: List[RecommendHealthResponseCost]  # of every tenant's last 1000 lists, since the start


class RecommendHealthResponseFunnel(TypedDict, total=False):
    step: Literal['given', 'click', 'comment', 'share', 'buy']
    lists: int
    users: int


class RecommendHealthResponseSource(TypedDict, total=False):
    source: str
    read: str
    outcomes: List[RecommendHealthResponseSourceOutcome]


class RecommendHealthResponseSourceOutcome(TypedDict, total=False):
    outcome: str
    count: int
    last: str
    detail: str


class RecommendHealthResponseCost(TypedDict, total=False):
    stage: Literal['read', 'order', 'explore', 'reasons', 'keep']
    lists: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


class _RecommendReleasesResponseNeeded(TypedDict):
    live: str
    releases: List[Dict[str, Any]]


class RecommendReleasesResponse(_RecommendReleasesResponseNeeded, total=False):
    changes: List[Dict[str, Any]]


class RecommendRollbackRequest(TypedDict, total=False):
    reason: str


class RecommendRollbackResponse(TypedDict):
    live: str  # the release that serves from now on
