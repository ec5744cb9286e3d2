#!/usr/bin/env python3
"""Plays sdk/scenario.json (sdk/README.md says what its rows mean) with this client.   scenario.py URL KEY FILE

One line a finding; exit status 1 when there is one. --installed: the package of the environment, not the one beside this file."""
import json
import pathlib
import sys

if "--installed" not in sys.argv:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

import yupu  # noqa: E402


def at(value, path):
    """a.0.b of it; None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value


def filled(value, kept):
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    if isinstance(value, dict):
        return {name: filled(one, kept) for name, one in value.items()}
    return [filled(one, kept) for one in value] if isinstance(value, list) else value


def joined(events):
    """What a streamed chat said, as one value."""
    events = list(events)
    content = "".join(choice["delta"].get("content", "") for event in events for choice in event["choices"])
    return {"count": len(events), "content": content, "last": events[-1]}


def play(client, step, kept):
    words = {**filled(step.get("with", {}), kept), **filled(step.get("options", {}), kept)}
    try:
        if step["call"].startswith("stream_"):
            said = joined(getattr(client, step["call"])(**words))
        else:
            said = getattr(client, step["call"])(**words)
    except yupu.APIError as error:
        said = {"status": error.status, "code": error.code, "field": error.field, "class": type(error).__name__, "request_id": error.request_id}
        if "error" not in step:
            return [f"raised {error}"]
        return compare(said, step["error"], kept)
    if "error" in step:
        return [f"no error: {json.dumps(said, ensure_ascii=False)[:300]}"]
    for name, path in step.get("keep", {}).items():
        kept[name] = at(said, path)
    return compare(said, step.get("expect", {}), kept)


def compare(said, expected, kept):
    findings = []
    for path, wanted in filled(expected, kept).items():
        got = at(said, path)
        if wanted == {"some": True}:
            right = got not in (None, "", [], {})
        else:
            right = got == wanted
        if not right:
            findings.append(f"{path} is {json.dumps(got, ensure_ascii=False)}, not {json.dumps(wanted, ensure_ascii=False)}")
    return findings


def main():
    url, key, file = [word for word in sys.argv[1:] if word != "--installed"]
    steps = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["steps"]
    kept, findings = {"language": "python"}, 0
    with yupu.Client(url, key) as client, yupu.Client(url, "yp_wrong") as stranger:
        for step in steps:
            for finding in play(stranger if step.get("key") == "wrong" else client, step, kept):
                findings += 1
                print(f"python: {step['name']}: {finding}")
    print(f"python: {len(steps)} steps, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
