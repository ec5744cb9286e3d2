"""The client against a server that misbehaves.   python3 -m unittest discover -s sdk/python/tests"""
import asyncio
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

from fake_server import Answer, FakeServer, problem  # noqa: E402

import yupu  # noqa: E402
from yupu.retry import RetryPolicy, retry_after_of  # noqa: E402

EVENTS = (b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n: a comment\n\ndata: {"choices":\ndata: []}\r\n\r\n'
          b'data:{"yupu":{"decision":"answer"}}\n\ndata: [DONE]\n\n')


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.fake = FakeServer()
        self.fake.__enter__()
        self.addCleanup(self.fake.__exit__)
        self.waits = []
        self.client = yupu.Client(self.fake.url + "/base/", "yp_1", timeout=5, sleep=self.waits.append, chance=lambda: 1.0)
        self.addCleanup(self.client.close)

    def answer(self, **more):
        return self.client.answer(bot="shop", text="你好", **more)

    def test_sends_what_was_said_and_nothing_else(self):
        self.fake.answers = [Answer(body={"decision": "answer", "text": "是"})]
        self.assertEqual(self.answer()["text"], "是")
        asked = self.fake.asked[0]
        self.assertEqual((asked.method, asked.path), ("POST", "/base/v1/answer"))
        self.assertEqual(asked.body, {"bot": "shop", "text": "你好"})
        self.assertEqual(asked.headers["authorization"], "Bearer yp_1")
        self.assertEqual(asked.headers["user-agent"], f"yupu-python/{yupu.__version__}")
        self.assertGreaterEqual(len(asked.headers["idempotency-key"]), 32)
        self.client.usage(month="2026-11")
        self.client.usage()
        self.assertEqual([a.path for a in self.fake.asked[1:]], ["/base/v1/usage?month=2026-11", "/base/v1/usage"])
        self.assertNotIn("idempotency-key", self.fake.asked[1].headers)

    def test_a_connection_is_kept_and_a_stale_one_replaced(self):
        self.fake.answers = [Answer(), Answer(), Answer(headers={"connection": "close"}), Answer()]
        for _ in range(4):
            self.answer()
        used = [asked.connection for asked in self.fake.asked]
        self.assertEqual(used[0], used[1])
        self.fake.answers = [Answer(), Answer(drop=True), Answer()]
        self.answer()
        self.answer()  # dropped where it was kept: sent anew at once
        self.assertEqual(self.waits, [])
        self.assertEqual(len(self.fake.asked), 7)

    def test_tries_again_with_the_same_key(self):
        closed = problem(503, "unavailable")
        closed.headers = {"connection": "close"}
        self.fake.answers = [closed, Answer(drop=True), Answer(body={"decision": "answer"})]
        self.assertEqual(self.answer()["decision"], "answer")
        self.assertEqual(self.waits, [0.5, 1.0])
        self.assertEqual(len({asked.headers["idempotency-key"] for asked in self.fake.asked}), 1)
        self.answer()
        self.answer(idempotency_key="mine")
        keys = [asked.headers["idempotency-key"] for asked in self.fake.asked]
        self.assertEqual(keys[4], "mine")
        self.assertEqual(len(set(keys)), 3)

    def test_gives_up_after_the_last_try(self):
        self.fake.answers = [problem(429, "resource_exhausted")] * 9
        with self.assertRaises(yupu.ResourceExhausted):
            self.answer()
        self.assertEqual(len(self.fake.asked), 3)

    def test_waits_as_long_as_it_is_asked_to(self):
        def too_busy(wait):
            return Answer(429, {"code": "resource_exhausted", "detail": "busy"}, {"retry-after": wait})
        self.fake.answers = [too_busy("7"), too_busy("61")]
        with self.assertRaises(yupu.ResourceExhausted) as raised:
            self.answer()
        self.assertEqual(self.waits, [7.5])
        self.assertEqual(raised.exception.retry_after, 61)

    def test_does_not_repeat_what_is_the_callers_mistake(self):
        rows = [(400, "invalid_argument", yupu.InvalidArgument), (401, "unauthenticated", yupu.Unauthenticated),
                (402, "payment_required", yupu.PaymentRequired), (403, "permission_denied", yupu.PermissionDenied),
                (404, "not_found", yupu.NotFound), (409, "conflict", yupu.Conflict), (413, "too_large", yupu.TooLarge),
                (500, "internal", yupu.Internal), (405, "method_not_allowed", yupu.APIError)]
        for status, code, kind in rows:
            self.fake.answers = [problem(status, code, field="text")]
            with self.assertRaises(kind) as raised:
                self.answer()
            error = raised.exception
            self.assertIs(type(error), kind)
            self.assertEqual((error.status, error.code, error.field, error.request_id), (status, code, "text", "req_1"))
            self.assertEqual(error.detail, f"what {code}")
        self.assertEqual(len(self.fake.asked), len(rows))

    def test_a_conflict_with_its_own_lost_try_is_waited_out(self):
        self.fake.answers = [Answer(wait=0.6), problem(409, "conflict"), Answer(body={"decision": "answer"})]
        self.assertEqual(self.answer(timeout=0.2)["decision"], "answer")

    def test_silence_and_broken_answers(self):
        self.fake.answers = [Answer(wait=0.4)] * 3
        with self.assertRaises(yupu.TimedOut):
            self.answer(timeout=0.1)
        self.fake.answers = [Answer(drop=True)] * 3
        with self.assertRaises(yupu.ConnectionFailed):
            self.answer()
        self.fake.answers = [Answer(promise=5), Answer(body={"decision": "answer"})]
        self.assertEqual(self.answer()["decision"], "answer")
        self.fake.answers = [Answer(502, b"<html>bad gateway", {"x-request-id": "r"})] * 3
        with self.assertRaises(yupu.APIError) as raised:
            self.answer()
        self.assertEqual((raised.exception.code, raised.exception.detail, raised.exception.request_id), ("http_502", "<html>bad gateway", "r"))
        nobody = yupu.Client("http://127.0.0.1:1", retry=RetryPolicy(tries=1))
        with self.assertRaises(yupu.ConnectionFailed):
            nobody.models()
        with self.assertRaises(ValueError):
            yupu.Client("shop.example")

    def stream(self, **more):
        return self.client.stream_chat_completions(model="shop", messages=[{"role": "user", "content": "a"}], **more)

    def test_streams(self):
        self.fake.answers = [problem(503, "unavailable"), Answer(body=EVENTS, headers={"content-type": "text/event-stream"}), Answer()]
        events = list(self.stream())
        self.assertEqual(events, [{"choices": [{"delta": {"content": "a"}}]}, {"choices": []}, {"yupu": {"decision": "answer"}}])
        self.assertIs(self.fake.asked[1].body["stream"], True)
        self.client.models()
        self.assertEqual(self.fake.asked[1].connection, self.fake.asked[2].connection)  # it was read to its end
        self.fake.answers = [problem(400, "invalid_argument", field="n")]
        with self.assertRaises(yupu.InvalidArgument):
            self.stream(n=2)
        self.fake.answers = [Answer(body=EVENTS[:60], promise=10)]
        with self.assertRaises(yupu.ConnectionFailed):
            list(self.stream())

    def test_async(self):
        self.fake.answers = [Answer(body={"data": [1]}), Answer(body=EVENTS), problem(404, "not_found")]

        async def talk():
            async with yupu.AsyncClient(self.fake.url, "yp_1") as client:
                models = await client.models()
                events = [event async for event in client.stream_chat_completions(model="shop", messages=[])]
                try:
                    await client.answer(bot="none", text="a")
                except yupu.NotFound as error:
                    return models, events, error.code

        models, events, code = asyncio.run(talk())
        self.assertEqual((models, len(events), code), ({"data": [1]}, 3, "not_found"))

    def test_what_is_no_json_is_text(self):
        self.fake.answers = [Answer(body=b"calls_total 1\n")]
        self.assertEqual(self.client.metrics(), "calls_total 1\n")


class RetryTest(unittest.TestCase):
    def test_waits_double_and_end(self):
        policy = RetryPolicy(tries=9, first_wait=1, longest_wait=5)
        self.assertEqual([policy.wait(n, None, 1.0) for n in range(1, 6)], [1, 2, 4, 5, 5])
        self.assertEqual(policy.wait(1, None, 0.0), 0.5)
        self.assertIsNone(policy.wait(9, None, 1.0))
        self.assertEqual(policy.wait(1, 3.0, 0.0), 3.0)

    def test_both_forms_of_retry_after(self):
        self.assertEqual(retry_after_of("12", 0), 12)
        self.assertEqual(retry_after_of("Thu, 01 Jan 1970 00:01:00 GMT", 20), 40)
        self.assertEqual(retry_after_of("Thu, 01 Jan 1970 00:00:00 GMT", 20), 0)
        self.assertIsNone(retry_after_of("soon", 0))
        self.assertIsNone(retry_after_of(None, 0))


class PackageTest(unittest.TestCase):
    def test_types_travel_and_cover_every_operation(self):
        folder = pathlib.Path(yupu.__file__).parent
        self.assertTrue((folder / "py.typed").exists())
        import typing
        for name, value in vars(yupu.types).items():
            if isinstance(value, type):
                typing.get_type_hints(value)  # every type that is named is there
        self.assertIn("decision", yupu.types.AnswerResponse.__annotations__)
        for operation in ("answer", "chat_completions", "classify", "embeddings", "rerank", "feedback", "models", "usage", "balance", "invoices"):
            self.assertTrue(asyncio.iscoroutinefunction(getattr(yupu.AsyncClient, operation)), operation)
            self.assertTrue(callable(getattr(yupu.Client, operation)), operation)


if __name__ == "__main__":
    unittest.main()
