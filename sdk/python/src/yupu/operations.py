"""One method for each operation of the API. Made by sdk/generate.py from /openapi.json: do not edit."""
from __future__ import annotations

from typing import Any, AsyncIterator, Dict, Iterator, List, Literal, Optional, Union

from . import types

VERSION = "0.1.0"


class Operations:
    def _call(self, method: str, path: str, **how: Any) -> Any:
        raise NotImplementedError

    def _stream(self, method: str, path: str, **how: Any) -> Any:
        raise NotImplementedError

    def classify(
            self,
            *,
            model: str,
            input: Union[str, List[str]],
            top_k: Optional[int] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ClassifyResponse:
        """Labels with scores for texts: POST /v1/classify."""
        return self._call(
            'POST',
            '/v1/classify',
            body={"model": model, "input": input, "top_k": top_k},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def embeddings(
            self,
            *,
            model: str,
            input: Union[str, List[str]],
            encoding_format: Optional[Literal['float', 'base64']] = None,
            dimensions: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.EmbeddingsResponse:
        """A vector for each text, as OpenAI's clients ask for it: POST /v1/embeddings."""
        return self._call(
            'POST',
            '/v1/embeddings',
            body={"model": model, "input": input, "encoding_format": encoding_format, "dimensions": dimensions, "user": user},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def rerank(
            self,
            *,
            model: str,
            query: str,
            documents: List[str],
            top_n: Optional[int] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RerankResponse:
        """Documents in the order in which they answer a query: POST /v1/rerank."""
        return self._call(
            'POST',
            '/v1/rerank',
            body={"model": model, "query": query, "documents": documents, "top_n": top_n},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def answer(
            self,
            *,
            bot: str,
            conversation: Optional[str] = None,
            text: Optional[str] = None,
            option: Optional[str] = None,
            channel: Optional[str] = None,
            visitor: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.AnswerResponse:
        """A bot's answer to a visitor: POST /v1/answer."""
        return self._call(
            'POST',
            '/v1/answer',
            body={"bot": bot, "conversation": conversation, "text": text, "option": option, "channel": channel, "visitor": visitor},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def chat_completions(
            self,
            *,
            model: str,
            messages: List[types.ChatCompletionsRequestMessage],
            stream_options: Optional[types.ChatCompletionsRequestStreamOptions] = None,
            metadata: Optional[types.ChatCompletionsRequestMetadata] = None,
            n: Optional[Literal[1]] = None,
            logprobs: Optional[Literal[False]] = None,
            store: Optional[Literal[False]] = None,
            response_format: Optional[types.ChatCompletionsRequestResponseFormat] = None,
            temperature: Optional[float] = None,
            top_p: Optional[float] = None,
            presence_penalty: Optional[float] = None,
            frequency_penalty: Optional[float] = None,
            seed: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ChatCompletionsResponse:
        """A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions."""
        return self._call(
            'POST',
            '/v1/chat/completions',
            body={"model": model, "messages": messages, "stream_options": stream_options, "metadata": metadata, "n": n, "logprobs": logprobs, "store": store, "response_format": response_format, "temperature": temperature, "top_p": top_p, "presence_penalty": presence_penalty, "frequency_penalty": frequency_penalty, "seed": seed, "user": user},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def stream_chat_completions(
            self,
            *,
            model: str,
            messages: List[types.ChatCompletionsRequestMessage],
            stream_options: Optional[types.ChatCompletionsRequestStreamOptions] = None,
            metadata: Optional[types.ChatCompletionsRequestMetadata] = None,
            n: Optional[Literal[1]] = None,
            logprobs: Optional[Literal[False]] = None,
            store: Optional[Literal[False]] = None,
            response_format: Optional[types.ChatCompletionsRequestResponseFormat] = None,
            temperature: Optional[float] = None,
            top_p: Optional[float] = None,
            presence_penalty: Optional[float] = None,
            frequency_penalty: Optional[float] = None,
            seed: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> Iterator[types.ChatCompletionsEvent]:
        """A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions."""
        return self._stream(
            'POST',
            '/v1/chat/completions',
            body={"model": model, "messages": messages, "stream_options": stream_options, "metadata": metadata, "n": n, "logprobs": logprobs, "store": store, "response_format": response_format, "temperature": temperature, "top_p": top_p, "presence_penalty": presence_penalty, "frequency_penalty": frequency_penalty, "seed": seed, "user": user, "stream": True},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def feedback(
            self,
            *,
            trace_id: str,
            rating: Optional[Literal[1, -1]] = None,
            correction: Optional[str] = None,
            reason: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.FeedbackResponse:
        """What somebody thinks of an answer: POST /v1/feedback."""
        return self._call(
            'POST',
            '/v1/feedback',
            body={"trace_id": trace_id, "rating": rating, "correction": correction, "reason": reason},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def models(
            self,
            *,
            timeout: Optional[float] = None) -> types.ModelsResponse:
        """Models and bots that answer now: GET /v1/models."""
        return self._call(
            'GET',
            '/v1/models',
            timeout=timeout)

    def usage(
            self,
            *,
            month: Optional[str] = None,
            timeout: Optional[float] = None) -> types.UsageResponse:
        """The caller's usage: GET /v1/usage."""
        return self._call(
            'GET',
            '/v1/usage',
            query={"month": month},
            timeout=timeout)

    def balance(
            self,
            *,
            timeout: Optional[float] = None) -> types.BalanceResponse:
        """The caller's balance: GET /v1/balance."""
        return self._call(
            'GET',
            '/v1/balance',
            timeout=timeout)

    def invoices(
            self,
            *,
            timeout: Optional[float] = None) -> types.InvoicesResponse:
        """The caller's invoices: GET /v1/invoices."""
        return self._call(
            'GET',
            '/v1/invoices',
            timeout=timeout)

    def healthz(
            self,
            *,
            timeout: Optional[float] = None) -> types.HealthzResponse:
        """The process is alive: GET /healthz."""
        return self._call(
            'GET',
            '/healthz',
            timeout=timeout)

    def readyz(
            self,
            *,
            timeout: Optional[float] = None) -> types.ReadyzResponse:
        """200 when calls can be answered, else 503: GET /readyz."""
        return self._call(
            'GET',
            '/readyz',
            timeout=timeout)

    def metrics(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Prometheus text: GET /metrics."""
        return self._call(
            'GET',
            '/metrics',
            timeout=timeout,
            text=True)

    def widget(
            self,
            *,
            timeout: Optional[float] = None) -> types.WidgetResponse:
        """Title, colour and first questions of a public bot (?bot=): GET /v1/widget."""
        return self._call(
            'GET',
            '/v1/widget',
            timeout=timeout)

    def visitors(
            self,
            *,
            bot: str,
            user_id: Optional[str] = None,
            expires_at: Optional[int] = None,
            signature: Optional[str] = None,
            timeout: Optional[float] = None) -> types.VisitorsResponse:
        """A visitor's token for a public bot, for pages of its origins: POST /v1/visitors."""
        return self._call(
            'POST',
            '/v1/visitors',
            body={"bot": bot, "user_id": user_id, "expires_at": expires_at, "signature": signature},
            timeout=timeout)

    def events(
            self,
            *,
            id: Optional[str] = None,
            user: Optional[str] = None,
            item: Optional[str] = None,
            kind: Optional[Literal['view', 'click', 'comment', 'share', 'buy']] = None,
            time: Optional[Any] = None,
            value: Optional[float] = None,
            impression: Optional[str] = None,
            position: Optional[int] = None,
            surface: Optional[str] = None,
            events: Optional[List[Dict[str, Any]]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.EventsResponse:
        """What users did: one event, a batch, or a line each; each counts once, by its id: POST /v1/events."""
        return self._call(
            'POST',
            '/v1/events',
            body={"id": id, "user": user, "item": item, "kind": kind, "time": time, "value": value, "impression": impression, "position": position, "surface": surface, "events": events},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def items(
            self,
            *,
            id: Optional[str] = None,
            title: Optional[str] = None,
            description: Optional[str] = None,
            tags: Optional[List[str]] = None,
            created: Optional[Any] = None,
            price: Optional[float] = None,
            author: Optional[str] = None,
            items: Optional[List[Dict[str, Any]]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ItemsResponse:
        """What can be recommended: one item, a batch, or a line each; told again it replaces what was told: POST /v1/items."""
        return self._call(
            'POST',
            '/v1/items',
            body={"id": id, "title": title, "description": description, "tags": tags, "created": created, "price": price, "author": author, "items": items},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend(
            self,
            *,
            user: str,
            count: Optional[int] = None,
            surface: Optional[str] = None,
            exclude: Optional[List[str]] = None,
            context: Optional[List[str]] = None,
            explain: Optional[bool] = None,
            sponsored: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendResponse:
        """Items for a user now, with reasons: POST /v1/recommend."""
        return self._call(
            'POST',
            '/v1/recommend',
            body={"user": user, "count": count, "surface": surface, "exclude": exclude, "context": context, "explain": explain, "sponsored": sponsored},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend_rerank(
            self,
            *,
            user: str,
            items: List[Any],
            surface: Optional[str] = None,
            context: Optional[List[str]] = None,
            explain: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendRerankResponse:
        """Given items in the order they suit a user; unknown ones are kept: POST /v1/recommend/rerank."""
        return self._call(
            'POST',
            '/v1/recommend/rerank',
            body={"user": user, "items": items, "surface": surface, "context": context, "explain": explain},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend_sponsored_click(
            self,
            *,
            impression: str,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendSponsoredClickResponse:
        """A sponsored item was clicked: counted and charged once, within half an hour of being shown: POST /v1/recommend/sponsored/click."""
        return self._call(
            'POST',
            '/v1/recommend/sponsored/click',
            body={"impression": impression},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend_board(
            self,
            *,
            timeout: Optional[float] = None) -> types.RecommendBoardResponse:
        """How much there is to recommend from, with an agent's token: GET /v1/recommend/board."""
        return self._call(
            'GET',
            '/v1/recommend/board',
            timeout=timeout)

    def recommend_items(
            self,
            *,
            words: Optional[str] = None,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendItemsResponse:
        """Items by words, those with the most users first: GET /v1/recommend/items."""
        return self._call(
            'GET',
            '/v1/recommend/items',
            query={"words": words, "limit": limit},
            timeout=timeout)

    def recommend_items_hide(
            self,
            *,
            item: str,
            hidden: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendItemsHideResponse:
        """Takes an item out of every list at once, or puts it back: POST /v1/recommend/items/hide."""
        return self._call(
            'POST',
            '/v1/recommend/items/hide',
            body={"item": item, "hidden": hidden},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend_users(
            self,
            *,
            words: Optional[str] = None,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendUsersResponse:
        """Users by words, those with the most events first: GET /v1/recommend/users."""
        return self._call(
            'GET',
            '/v1/recommend/users',
            query={"words": words, "limit": limit},
            timeout=timeout)

    def recommend_users_history(
            self,
            *,
            user: str,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendUsersHistoryResponse:
        """What a user did, the newest first: GET /v1/recommend/users/history."""
        return self._call(
            'GET',
            '/v1/recommend/users/history',
            query={"user": user, "limit": limit},
            timeout=timeout)

    def recommend_preview(
            self,
            *,
            user: str,
            count: Optional[int] = None,
            context: Optional[List[str]] = None,
            exclude: Optional[List[str]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendPreviewResponse:
        """The list a user would get now, with reasons; it is not kept: POST /v1/recommend/preview."""
        return self._call(
            'POST',
            '/v1/recommend/preview',
            body={"user": user, "count": count, "context": context, "exclude": exclude},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def get_recommend_rules(
            self,
            *,
            timeout: Optional[float] = None) -> types.GetRecommendRulesResponse:
        """What is pinned, lifted, capped and blocked in lists: GET /v1/recommend/rules."""
        return self._call(
            'GET',
            '/v1/recommend/rules',
            timeout=timeout)

    def post_recommend_rules(
            self,
            *,
            pin: Optional[List[types.PostRecommendRulesRequestPin]] = None,
            lift: Optional[Dict[str, float]] = None,
            half_life_days: Optional[float] = None,
            caps: Optional[Dict[str, int]] = None,
            blocked_tags: Optional[List[str]] = None,
            blocked_words: Optional[List[str]] = None,
            unnamed_tags: Optional[List[str]] = None,
            explore: Optional[float] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.PostRecommendRulesResponse:
        """All rules of the lists anew, in force from the next list on; for managers: POST /v1/recommend/rules."""
        return self._call(
            'POST',
            '/v1/recommend/rules',
            body={"pin": pin, "lift": lift, "half_life_days": half_life_days, "caps": caps, "blocked_tags": blocked_tags, "blocked_words": blocked_words, "unnamed_tags": unnamed_tags, "explore": explore},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def recommend_metrics(
            self,
            *,
            days: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendMetricsResponse:
        """Lists and what was clicked of them within half an hour, by day: GET /v1/recommend/metrics."""
        return self._call(
            'GET',
            '/v1/recommend/metrics',
            query={"days": days},
            timeout=timeout)

    def recommend_health(
            self,
            *,
            days: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendHealthResponse:
        """What becomes of lists, what the record lacks, how it changes, what a list costs: GET /v1/recommend/health."""
        return self._call(
            'GET',
            '/v1/recommend/health',
            query={"days": days},
            timeout=timeout)

    def recommend_releases(
            self,
            *,
            timeout: Optional[float] = None) -> types.RecommendReleasesResponse:
        """What served when, and what the guard said: GET /v1/recommend/releases."""
        return self._call(
            'GET',
            '/v1/recommend/releases',
            timeout=timeout)

    def recommend_rollback(
            self,
            *,
            reason: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendRollbackResponse:
        """Goes back to the release before: POST /v1/recommend/rollback."""
        return self._call(
            'POST',
            '/v1/recommend/rollback',
            body={"reason": reason},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def metrics_recommend(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """What became of events from topics, as Prometheus text: GET /metrics/recommend."""
        return self._call(
            'GET',
            '/metrics/recommend',
            timeout=timeout,
            text=True)

    def report(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, Chinese: GET /report."""
        return self._call(
            'GET',
            '/report',
            timeout=timeout,
            text=True)

    def report_zh(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, Chinese: GET /report/zh."""
        return self._call(
            'GET',
            '/report/zh',
            timeout=timeout,
            text=True)

    def report_en(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, English: GET /report/en."""
        return self._call(
            'GET',
            '/report/en',
            timeout=timeout,
            text=True)


class AsyncOperations:
    async def _call(self, method: str, path: str, **how: Any) -> Any:
        raise NotImplementedError

    def _stream(self, method: str, path: str, **how: Any) -> Any:
        raise NotImplementedError

    async def classify(
            self,
            *,
            model: str,
            input: Union[str, List[str]],
            top_k: Optional[int] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ClassifyResponse:
        """Labels with scores for texts: POST /v1/classify."""
        return await self._call(
            'POST',
            '/v1/classify',
            body={"model": model, "input": input, "top_k": top_k},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def embeddings(
            self,
            *,
            model: str,
            input: Union[str, List[str]],
            encoding_format: Optional[Literal['float', 'base64']] = None,
            dimensions: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.EmbeddingsResponse:
        """A vector for each text, as OpenAI's clients ask for it: POST /v1/embeddings."""
        return await self._call(
            'POST',
            '/v1/embeddings',
            body={"model": model, "input": input, "encoding_format": encoding_format, "dimensions": dimensions, "user": user},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def rerank(
            self,
            *,
            model: str,
            query: str,
            documents: List[str],
            top_n: Optional[int] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RerankResponse:
        """Documents in the order in which they answer a query: POST /v1/rerank."""
        return await self._call(
            'POST',
            '/v1/rerank',
            body={"model": model, "query": query, "documents": documents, "top_n": top_n},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def answer(
            self,
            *,
            bot: str,
            conversation: Optional[str] = None,
            text: Optional[str] = None,
            option: Optional[str] = None,
            channel: Optional[str] = None,
            visitor: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.AnswerResponse:
        """A bot's answer to a visitor: POST /v1/answer."""
        return await self._call(
            'POST',
            '/v1/answer',
            body={"bot": bot, "conversation": conversation, "text": text, "option": option, "channel": channel, "visitor": visitor},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def chat_completions(
            self,
            *,
            model: str,
            messages: List[types.ChatCompletionsRequestMessage],
            stream_options: Optional[types.ChatCompletionsRequestStreamOptions] = None,
            metadata: Optional[types.ChatCompletionsRequestMetadata] = None,
            n: Optional[Literal[1]] = None,
            logprobs: Optional[Literal[False]] = None,
            store: Optional[Literal[False]] = None,
            response_format: Optional[types.ChatCompletionsRequestResponseFormat] = None,
            temperature: Optional[float] = None,
            top_p: Optional[float] = None,
            presence_penalty: Optional[float] = None,
            frequency_penalty: Optional[float] = None,
            seed: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ChatCompletionsResponse:
        """A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions."""
        return await self._call(
            'POST',
            '/v1/chat/completions',
            body={"model": model, "messages": messages, "stream_options": stream_options, "metadata": metadata, "n": n, "logprobs": logprobs, "store": store, "response_format": response_format, "temperature": temperature, "top_p": top_p, "presence_penalty": presence_penalty, "frequency_penalty": frequency_penalty, "seed": seed, "user": user},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    def stream_chat_completions(
            self,
            *,
            model: str,
            messages: List[types.ChatCompletionsRequestMessage],
            stream_options: Optional[types.ChatCompletionsRequestStreamOptions] = None,
            metadata: Optional[types.ChatCompletionsRequestMetadata] = None,
            n: Optional[Literal[1]] = None,
            logprobs: Optional[Literal[False]] = None,
            store: Optional[Literal[False]] = None,
            response_format: Optional[types.ChatCompletionsRequestResponseFormat] = None,
            temperature: Optional[float] = None,
            top_p: Optional[float] = None,
            presence_penalty: Optional[float] = None,
            frequency_penalty: Optional[float] = None,
            seed: Optional[int] = None,
            user: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> AsyncIterator[types.ChatCompletionsEvent]:
        """A bot's answer to a visitor, as OpenAI's clients ask for it: POST /v1/chat/completions."""
        return self._stream(
            'POST',
            '/v1/chat/completions',
            body={"model": model, "messages": messages, "stream_options": stream_options, "metadata": metadata, "n": n, "logprobs": logprobs, "store": store, "response_format": response_format, "temperature": temperature, "top_p": top_p, "presence_penalty": presence_penalty, "frequency_penalty": frequency_penalty, "seed": seed, "user": user, "stream": True},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def feedback(
            self,
            *,
            trace_id: str,
            rating: Optional[Literal[1, -1]] = None,
            correction: Optional[str] = None,
            reason: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.FeedbackResponse:
        """What somebody thinks of an answer: POST /v1/feedback."""
        return await self._call(
            'POST',
            '/v1/feedback',
            body={"trace_id": trace_id, "rating": rating, "correction": correction, "reason": reason},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def models(
            self,
            *,
            timeout: Optional[float] = None) -> types.ModelsResponse:
        """Models and bots that answer now: GET /v1/models."""
        return await self._call(
            'GET',
            '/v1/models',
            timeout=timeout)

    async def usage(
            self,
            *,
            month: Optional[str] = None,
            timeout: Optional[float] = None) -> types.UsageResponse:
        """The caller's usage: GET /v1/usage."""
        return await self._call(
            'GET',
            '/v1/usage',
            query={"month": month},
            timeout=timeout)

    async def balance(
            self,
            *,
            timeout: Optional[float] = None) -> types.BalanceResponse:
        """The caller's balance: GET /v1/balance."""
        return await self._call(
            'GET',
            '/v1/balance',
            timeout=timeout)

    async def invoices(
            self,
            *,
            timeout: Optional[float] = None) -> types.InvoicesResponse:
        """The caller's invoices: GET /v1/invoices."""
        return await self._call(
            'GET',
            '/v1/invoices',
            timeout=timeout)

    async def healthz(
            self,
            *,
            timeout: Optional[float] = None) -> types.HealthzResponse:
        """The process is alive: GET /healthz."""
        return await self._call(
            'GET',
            '/healthz',
            timeout=timeout)

    async def readyz(
            self,
            *,
            timeout: Optional[float] = None) -> types.ReadyzResponse:
        """200 when calls can be answered, else 503: GET /readyz."""
        return await self._call(
            'GET',
            '/readyz',
            timeout=timeout)

    async def metrics(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Prometheus text: GET /metrics."""
        return await self._call(
            'GET',
            '/metrics',
            timeout=timeout,
            text=True)

    async def widget(
            self,
            *,
            timeout: Optional[float] = None) -> types.WidgetResponse:
        """Title, colour and first questions of a public bot (?bot=): GET /v1/widget."""
        return await self._call(
            'GET',
            '/v1/widget',
            timeout=timeout)

    async def visitors(
            self,
            *,
            bot: str,
            user_id: Optional[str] = None,
            expires_at: Optional[int] = None,
            signature: Optional[str] = None,
            timeout: Optional[float] = None) -> types.VisitorsResponse:
        """A visitor's token for a public bot, for pages of its origins: POST /v1/visitors."""
        return await self._call(
            'POST',
            '/v1/visitors',
            body={"bot": bot, "user_id": user_id, "expires_at": expires_at, "signature": signature},
            timeout=timeout)

    async def events(
            self,
            *,
            id: Optional[str] = None,
            user: Optional[str] = None,
            item: Optional[str] = None,
            kind: Optional[Literal['view', 'click', 'comment', 'share', 'buy']] = None,
            time: Optional[Any] = None,
            value: Optional[float] = None,
            impression: Optional[str] = None,
            position: Optional[int] = None,
            surface: Optional[str] = None,
            events: Optional[List[Dict[str, Any]]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.EventsResponse:
        """What users did: one event, a batch, or a line each; each counts once, by its id: POST /v1/events."""
        return await self._call(
            'POST',
            '/v1/events',
            body={"id": id, "user": user, "item": item, "kind": kind, "time": time, "value": value, "impression": impression, "position": position, "surface": surface, "events": events},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def items(
            self,
            *,
            id: Optional[str] = None,
            title: Optional[str] = None,
            description: Optional[str] = None,
            tags: Optional[List[str]] = None,
            created: Optional[Any] = None,
            price: Optional[float] = None,
            author: Optional[str] = None,
            items: Optional[List[Dict[str, Any]]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.ItemsResponse:
        """What can be recommended: one item, a batch, or a line each; told again it replaces what was told: POST /v1/items."""
        return await self._call(
            'POST',
            '/v1/items',
            body={"id": id, "title": title, "description": description, "tags": tags, "created": created, "price": price, "author": author, "items": items},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend(
            self,
            *,
            user: str,
            count: Optional[int] = None,
            surface: Optional[str] = None,
            exclude: Optional[List[str]] = None,
            context: Optional[List[str]] = None,
            explain: Optional[bool] = None,
            sponsored: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendResponse:
        """Items for a user now, with reasons: POST /v1/recommend."""
        return await self._call(
            'POST',
            '/v1/recommend',
            body={"user": user, "count": count, "surface": surface, "exclude": exclude, "context": context, "explain": explain, "sponsored": sponsored},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend_rerank(
            self,
            *,
            user: str,
            items: List[Any],
            surface: Optional[str] = None,
            context: Optional[List[str]] = None,
            explain: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendRerankResponse:
        """Given items in the order they suit a user; unknown ones are kept: POST /v1/recommend/rerank."""
        return await self._call(
            'POST',
            '/v1/recommend/rerank',
            body={"user": user, "items": items, "surface": surface, "context": context, "explain": explain},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend_sponsored_click(
            self,
            *,
            impression: str,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendSponsoredClickResponse:
        """A sponsored item was clicked: counted and charged once, within half an hour of being shown: POST /v1/recommend/sponsored/click."""
        return await self._call(
            'POST',
            '/v1/recommend/sponsored/click',
            body={"impression": impression},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend_board(
            self,
            *,
            timeout: Optional[float] = None) -> types.RecommendBoardResponse:
        """How much there is to recommend from, with an agent's token: GET /v1/recommend/board."""
        return await self._call(
            'GET',
            '/v1/recommend/board',
            timeout=timeout)

    async def recommend_items(
            self,
            *,
            words: Optional[str] = None,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendItemsResponse:
        """Items by words, those with the most users first: GET /v1/recommend/items."""
        return await self._call(
            'GET',
            '/v1/recommend/items',
            query={"words": words, "limit": limit},
            timeout=timeout)

    async def recommend_items_hide(
            self,
            *,
            item: str,
            hidden: Optional[bool] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendItemsHideResponse:
        """Takes an item out of every list at once, or puts it back: POST /v1/recommend/items/hide."""
        return await self._call(
            'POST',
            '/v1/recommend/items/hide',
            body={"item": item, "hidden": hidden},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend_users(
            self,
            *,
            words: Optional[str] = None,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendUsersResponse:
        """Users by words, those with the most events first: GET /v1/recommend/users."""
        return await self._call(
            'GET',
            '/v1/recommend/users',
            query={"words": words, "limit": limit},
            timeout=timeout)

    async def recommend_users_history(
            self,
            *,
            user: str,
            limit: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendUsersHistoryResponse:
        """What a user did, the newest first: GET /v1/recommend/users/history."""
        return await self._call(
            'GET',
            '/v1/recommend/users/history',
            query={"user": user, "limit": limit},
            timeout=timeout)

    async def recommend_preview(
            self,
            *,
            user: str,
            count: Optional[int] = None,
            context: Optional[List[str]] = None,
            exclude: Optional[List[str]] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendPreviewResponse:
        """The list a user would get now, with reasons; it is not kept: POST /v1/recommend/preview."""
        return await self._call(
            'POST',
            '/v1/recommend/preview',
            body={"user": user, "count": count, "context": context, "exclude": exclude},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def get_recommend_rules(
            self,
            *,
            timeout: Optional[float] = None) -> types.GetRecommendRulesResponse:
        """What is pinned, lifted, capped and blocked in lists: GET /v1/recommend/rules."""
        return await self._call(
            'GET',
            '/v1/recommend/rules',
            timeout=timeout)

    async def post_recommend_rules(
            self,
            *,
            pin: Optional[List[types.PostRecommendRulesRequestPin]] = None,
            lift: Optional[Dict[str, float]] = None,
            half_life_days: Optional[float] = None,
            caps: Optional[Dict[str, int]] = None,
            blocked_tags: Optional[List[str]] = None,
            blocked_words: Optional[List[str]] = None,
            unnamed_tags: Optional[List[str]] = None,
            explore: Optional[float] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.PostRecommendRulesResponse:
        """All rules of the lists anew, in force from the next list on; for managers: POST /v1/recommend/rules."""
        return await self._call(
            'POST',
            '/v1/recommend/rules',
            body={"pin": pin, "lift": lift, "half_life_days": half_life_days, "caps": caps, "blocked_tags": blocked_tags, "blocked_words": blocked_words, "unnamed_tags": unnamed_tags, "explore": explore},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def recommend_metrics(
            self,
            *,
            days: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendMetricsResponse:
        """Lists and what was clicked of them within half an hour, by day: GET /v1/recommend/metrics."""
        return await self._call(
            'GET',
            '/v1/recommend/metrics',
            query={"days": days},
            timeout=timeout)

    async def recommend_health(
            self,
            *,
            days: Optional[int] = None,
            timeout: Optional[float] = None) -> types.RecommendHealthResponse:
        """What becomes of lists, what the record lacks, how it changes, what a list costs: GET /v1/recommend/health."""
        return await self._call(
            'GET',
            '/v1/recommend/health',
            query={"days": days},
            timeout=timeout)

    async def recommend_releases(
            self,
            *,
            timeout: Optional[float] = None) -> types.RecommendReleasesResponse:
        """What served when, and what the guard said: GET /v1/recommend/releases."""
        return await self._call(
            'GET',
            '/v1/recommend/releases',
            timeout=timeout)

    async def recommend_rollback(
            self,
            *,
            reason: Optional[str] = None,
            idempotency_key: Optional[str] = None,
            timeout: Optional[float] = None) -> types.RecommendRollbackResponse:
        """Goes back to the release before: POST /v1/recommend/rollback."""
        return await self._call(
            'POST',
            '/v1/recommend/rollback',
            body={"reason": reason},
            once=True, idempotency_key=idempotency_key,
            timeout=timeout)

    async def metrics_recommend(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """What became of events from topics, as Prometheus text: GET /metrics/recommend."""
        return await self._call(
            'GET',
            '/metrics/recommend',
            timeout=timeout,
            text=True)

    async def report(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, Chinese: GET /report."""
        return await self._call(
            'GET',
            '/report',
            timeout=timeout,
            text=True)

    async def report_zh(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, Chinese: GET /report/zh."""
        return await self._call(
            'GET',
            '/report/zh',
            timeout=timeout,
            text=True)

    async def report_en(
            self,
            *,
            timeout: Optional[float] = None) -> str:
        """Technical report, English: GET /report/en."""
        return await self._call(
            'GET',
            '/report/en',
            timeout=timeout,
            text=True)
