#!/usr/bin/env python3
"""What makes the bookshop's lists is released, tried beside another, and gone back from, under a running server; a
poisoned record is refused; a sponsored book is charged once a click.
recommend_release_test.py --yupu build/release/yupu"""
import json
import pathlib
import random
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request

from recommend_serve_test import DATA, rows, served
from trial import Trial, yupu_from_arguments

STRATEGY = """[strategy]
name = "bookshop"
[recommend]
[recommend.experiment]
name = "june"
challenger = "{}"
share = 0.5
"""


class Caller:
    def __init__(self, trial, key, agent):
        self.trial, self.key, self.agent, self.address = trial, key, agent, ""

    def call(self, path, body=None, by=None, status=200):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {by or self.key}"}
        try:
            request = urllib.request.Request(self.address + path, data, headers)
            with urllib.request.urlopen(request, timeout=60) as response:
                got, answer = response.status, json.load(response)
        except urllib.error.HTTPError as error:
            got, answer = error.code, json.load(error)
        self.trial.expect(got == status, f"{path} {str(body)[:200]}: {got} {answer}")
        return answer

    def board(self, path, body=None):
        return self.call(f"/v1/recommend/{path}", body, by=self.agent)

    def until_live(self, release, seconds):
        begun = time.monotonic()
        while self.board("preview", {"user": "reader-01"})["release"] != release:
            if time.monotonic() - begun > seconds:
                return self.trial.expect(False, f"{release} does not serve after {seconds} s")
            time.sleep(0.05)
        return None


def robots(count=60, each=25):
    """Readers that touch anything, in the time before the last tenth."""
    events, items, rng = rows("events.jsonl"), [item["id"] for item in rows("items.jsonl")], random.Random(1)
    times = sorted(event["time"] for event in events)
    return [{"id": f"robot{robot}-{n}", "user": f"robot{robot}", "item": rng.choice(items), "kind": "click",
             "time": rng.randrange(times[0], times[len(times) * 8 // 10])}
            for robot in range(count) for n in range(each)]


def try_releases(trial, shop, mine):
    run, expect = trial.run, trial.expect
    released = lambda *words: json.loads(run("recommend", "retrain", "--users-min", "5", "--loss-max", "1", "--json",
                                             *words, *mine))
    expect("no release yet" in run("recommend", "releases", *mine), "a release before the first")
    first = released()
    expect(first["live"] and first["verdict"]["passes"], f"{first}")
    shop.until_live(first["release"], 10)
    second = released("--lambda", "1")
    expect(second["live"] and second["champion"] == first["release"], f"{second}")
    shop.until_live(second["release"], 10)
    run("recommend", "rollback", *mine)
    shop.until_live(first["release"], 10)
    held = released("--lambda", "50", "--hold")
    expect(not held["live"] and shop.board("releases")["live"] == first["release"], f"{held}")
    few = run("recommend", "retrain", "--users-min", "100000", *mine, code=1)
    expect("guard refused" in few, f"too few users to judge by: {few}")
    expect(len(shop.board("releases")["releases"]) == 4, "a release that was refused is written down too")
    run("recommend", "promote", "recommend_release_none", *mine, code=2)
    return first["release"], held["release"]


def try_experiment(trial, shop, held):
    """Every challenger's list is clicked, none of the champion's."""
    lists = {}
    for n in range(40):
        user = f"visitor{n}"
        given = [shop.call("/v1/recommend", {"user": user, "context": ["tea-1"]}) for _ in range(2)]
        arms = {shop.board("preview", {"user": user})["arm"] for _ in range(2)}
        trial.expect(len(arms) == 1, f"{user} is in two arms")
        lists[user] = (arms.pop(), given[0]["items"][0]["id"])
    arms = [arm for arm, _ in lists.values()]
    trial.expect(5 < arms.count("challenger") < 35, f"{arms.count('challenger')} of 40 users are the challenger's")
    now = int(time.time()) + 2
    clicks = [{"id": f"click-{user}", "user": user, "item": item, "kind": "click", "time": now}
              for user, (arm, item) in lists.items() if arm == "challenger"]
    shop.call("/v1/events", {"events": clicks})
    told = shop.board("metrics")["experiment"]
    challenger = next(arm for arm in told["arms"] if arm["arm"] == "challenger")
    trial.expect(challenger["releases"] == [held] and challenger["clicked"]["hits"] == len(clicks), f"{challenger}")
    trial.expect(told["difference"]["clicked"]["low"] > 0.0, f"{told['difference']}")
    return told


def try_sponsor(trial, shop, mine):
    run, expect = trial.run, trial.expect
    run("recommend", "sponsor", "set", "autumn", "--item", "tea-9", "--bid", "0.5", "--budget", "100", *mine)
    low = run("recommend", "sponsor", "set", "x", "--item", "tea-9", "--bid", "0", "--budget", "1", *mine, code=2)
    expect("--bid" in low, "a bid of nothing")
    given = shop.call("/v1/recommend", {"user": "stranger"})
    expect(given["sponsored"]["id"] == "tea-9" and given["sponsored"]["label"]["en"] == "sponsored", f"{given}")
    clicks = [shop.call("/v1/recommend/sponsored/click", {"impression": given["impression"]}) for _ in range(3)]
    expect([click["counted"] for click in clicks] == [True, False, False], f"{clicks}")
    shop.call("/v1/recommend/sponsored/click", {"impression": "imp_none"}, status=404)
    told = json.loads(run("recommend", "sponsor", "list", "--json", *mine))["campaigns"][0]
    expect(told["clicks"] == 1 and told["spent_today_ufen"] == clicks[0]["price_ufen"] == 1_000_000, f"{told}")
    usage = run("usage", "--tenant", "acme", "--workdir", "w")
    expect("sponsored_click" in usage, f"the click is not in the month's usage: {usage}")
    run("ledger", "check", "--workdir", "w")
    run("recommend", "sponsor", "stop", "autumn", *mine)
    expect("sponsored" not in shop.call("/v1/recommend", {"user": "stranger"}), "a stopped campaign stands")


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        run = trial.run
        run("plans", "set", "books", "--monthly-tokens", "1000000", "--price", "pair_tokens=0.01", "--workdir", "w")
        run("plans", "tenant", "acme", "--plan", "books", "--workdir", "w")
        key = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--workdir", "w")).group()
        agent = json.loads(run("agents", "add", "Li", "--workdir", "w", "--json"))["token"]
        mine = ["--tenant", "acme", "--workdir", "w"]
        run("recommend", "import", "--items", str(DATA / "items.jsonl"), "--events", str(DATA / "events.jsonl"), *mine)
        shop = Caller(trial, key, agent)
        with served(trial, "--recommend") as shop.address:
            first, held = try_releases(trial, shop, mine)
        (pathlib.Path(name) / "s.toml").write_text(STRATEGY.format(held), encoding="utf-8")
        with served(trial, "--recommend", "--strategy", "s.toml") as shop.address:
            try_experiment(trial, shop, held)
            try_sponsor(trial, shop, mine)
            told = run("recommend", "experiment", "june", *mine)
            trial.expect("challenger" in told and "difference" in told, told)
        trial.write_rows("robots.jsonl", robots())
        run("recommend", "import", "--events", "robots.jsonl", *mine)
        refused = run("recommend", "retrain", "--users-min", "5", *mine, code=1)
        live = json.loads(run("recommend", "releases", "--json", *mine))["live"]
        trial.expect("refused" in refused and live == first, f"a poisoned record: {refused}")
    return trial.finish("recommend: released, tried, gone back from, poison refused, sponsored once a click")


if __name__ == "__main__":
    sys.exit(main())
