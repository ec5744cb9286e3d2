"""A yupu server asked by OpenAI's own Python client.   check.py URL KEY KEY_THAT_MAY_ONLY_READ"""
import asyncio
import sys

import openai

url, key, reader = sys.argv[1:]
client = openai.OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
findings = []
REFUND = [{"role": "user", "content": "please refund me"}]
PARCEL = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "where is my parcel"}]
CONFIRM = "GH12345678, is that right?"


def expect(condition, what):
    if not condition:
        findings.append(what)


def ask(messages, **more):
    return client.chat.completions.create(model="shop", messages=messages, **more)


def refused(kind, field, call):
    try:
        call()
    except kind as error:
        expect(type(error) is kind, f"{type(error)} is not {kind}")
        expect(error.param == field and error.code and error.body["message"] and error.request_id, f"{kind.__name__}: {error.body}")
    else:
        findings.append(f"{kind.__name__} was not raised")


models = client.models.list()
bot = next((model for model in models if model.id == "shop"), None)
expect(bot is not None and bot.object == "model" and bot.owned_by == "yupu" and bot.created > 0, f"models: {models}")

said = ask(REFUND, temperature=0.2, seed=7, user="u")
choice = said.choices[0]
expect((choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "Within three days.", "stop"), f"{choice}")
expect(said.object == "chat.completion" and said.model == "shop" and said.system_fingerprint, f"{said}")
expect(said.usage.total_tokens == said.usage.prompt_tokens > 0 and said.usage.completion_tokens == 0, f"{said.usage}")
expect(said.yupu["decision"] == "answer" and said.yupu["sources"] == ["policy#2"] and said.yupu["trace_id"] == said.id, f"{said.yupu}")

# The caller keeps the conversation: what the server said goes back as the client gave it.
asked = ask(PARCEL)
expect(asked.choices[0].message.content == "What is the order number?", f"{asked}")
confirm = ask([*PARCEL, asked.choices[0].message, {"role": "user", "content": [{"type": "text", "text": "GH12345678"}]}])
expect(confirm.choices[0].message.content == CONFIRM, f"{confirm}")
# The server keeps it.
done = ask([{"role": "user", "content": "yes"}], metadata={"conversation": confirm.yupu["conversation"]})
expect(done.choices[0].message.content == "Order GH12345678 is on its way.", f"{done}")
expect(done.yupu["conversation"] == confirm.yupu["conversation"], f"{done.yupu}")

chunks = list(ask(REFUND, stream=True, stream_options={"include_usage": True}))
expect("".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Within three days.", f"{chunks}")
expect(chunks[-1].usage.total_tokens == said.usage.total_tokens and chunks[-2].choices[0].finish_reason == "stop", f"{chunks[-2:]}")
expect(chunks[-2].yupu["decision"] == "answer", f"{chunks[-2]}")
with client.chat.completions.stream(model="shop", messages=REFUND) as stream:
    final = stream.get_final_completion()
expect(final.choices[0].message.content == "Within three days.", f"{final}")


async def asynchronous():
    async with openai.AsyncOpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0) as other:
        stream = await other.chat.completions.create(model="shop", messages=REFUND, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
expect(asyncio.run(asynchronous()) == "Within three days.", "asynchronous")

vectors = client.embeddings.create(model="vectors", input=["where", "when"])
expect(len(vectors.data) == 2 and isinstance(vectors.data[0].embedding[0], float), "embeddings")

refused(openai.BadRequestError, "n", lambda: ask(REFUND, n=2))
refused(openai.BadRequestError, "max_tokens", lambda: ask(REFUND, max_tokens=5))
refused(openai.BadRequestError, "tools", lambda: ask(REFUND, stream=True, tools=[{"type": "function", "function": {"name": "f"}}]))
refused(openai.BadRequestError, "messages[0].content", lambda: ask([{"role": "user", "content": " "}]))
refused(openai.NotFoundError, "model", lambda: client.chat.completions.create(model="none", messages=REFUND))
refused(openai.NotFoundError, "metadata.conversation", lambda: ask(REFUND, metadata={"conversation": "cv_guessed"}))
refused(openai.AuthenticationError, None, lambda: client.with_options(api_key="yp_wrong").models.list())
refused(openai.PermissionDeniedError, None, lambda: client.with_options(api_key=reader).chat.completions.create(model="shop", messages=REFUND))

print("\n".join(findings) if findings else f"openai {openai.__version__} for Python is answered")
sys.exit(1 if findings else 0)
