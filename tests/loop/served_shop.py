"""A small shop with its bot, and a model of vectors and one of pairs, trained and served: for tests of clients."""
import contextlib
import signal

from conversation_test import Server, write_files

PRICES = """[[commerce.plan.price]]
meter = "embedding_tokens"
yuan_per_thousand = "0.10"
[[commerce.plan.price]]
meter = "pair_tokens"
yuan_per_thousand = "0.10"
[[commerce.tenant]]
name = "one"
"""
ROWS = [("where is it", "here", 1), ("when is it", "now", 1), ("where is it", "now", 0), ("when is it", "here", 0)]
FAST = ["--epochs", "1", "--vocab-size", "100", "--max-length", "16", "--threads", "2", "--text", "q", "--text-b", "a"]


@contextlib.contextmanager
def served_shop(trial):
    """(URL, key): the bot "shop" over the model "talks"; models "vectors" and "pairs". The books are checked at the end."""
    write_files(trial.folder)
    strategy = trial.folder / "strategy.toml"
    strategy.write_text(strategy.read_text(encoding="utf-8").replace('[[commerce.tenant]]\nname = "one"\n', PRICES), encoding="utf-8")
    trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
    rows = [{"q": q, "a": a, "same": same} for q, a, same in ROWS]
    trial.write_rows("pairs.csv", rows)
    trial.write_rows("matches.csv", [row for row in rows if row["same"]])
    trial.run("train", "--task", "pairs", "--train", "pairs.csv", "--valid", "pairs.csv", "--label", "same", "--out", "pairs", *FAST)
    trial.run("train", "--task", "embed", "--train", "matches.csv", "--valid", "matches.csv", "--out", "vectors", *FAST)
    key = trial.key_of("one")
    server = Server(trial, "--model", "vectors=vectors", "--model", "pairs=pairs")
    try:
        yield f"http://127.0.0.1:{server.port}", key
    finally:
        server.stop(signal.SIGTERM)
    trial.run("ledger", "check", "--workdir", "w")
