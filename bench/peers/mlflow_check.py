#!/usr/bin/env python3
"""Trains against a real `mlflow server` and reads the run back with MLflow's own client.

    python3 -m venv venv && venv/bin/pip install mlflow
    venv/bin/python bench/peers/mlflow_check.py build/release/yupu train.csv valid.csv [--text COL --label COL ...]

Starts the server on a free port with a store in a temporary folder, trains twice (whole; killed in the middle and gone
on), compares every figure, then stops the server in the middle of a third training, which must end well all the same.
Exit 1 and one line per finding.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import mlflow
from mlflow.tracking import MlflowClient


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_server(folder, port):
    server = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/art"],
        stdout=open(f"{folder}/server.log", "a"), stderr=subprocess.STDOUT, start_new_session=True)
    for _ in range(300):
        try:
            if urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).status == 200:
                return server
        except OSError:
            time.sleep(0.5)
    sys.exit("the server did not start: " + open(f"{folder}/server.log").read()[-2000:])


def main(yupu, train, valid, *rest):
    folder = tempfile.mkdtemp(prefix="mlflow-check-")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = start_server(folder, port)
    findings = []

    def expect(condition, what):
        if not condition:
            findings.append(what)

    def command(name, epochs):
        return [yupu, "train", "--train", train, "--valid", valid, *rest, "--out", f"{folder}/{name}", "--epochs",
                str(epochs), "--patience", "1000", "--json", "--track", f"mlflow:{url}?experiment=check"]

    client = MlflowClient(url)

    def runs():
        experiment = client.get_experiment_by_name("check")
        return client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])

    def check_run(run, result, status, gap=0):
        expect(run.info.status == status, f"{run.info.run_name}: status {run.info.status}, not {status}")
        history = client.get_metric_history(run.info.run_id, "train/loss")
        steps = sorted({m.step for m in history})
        # What was not sent when a kill came, and lay before the checkpoint, is lost.
        expect(result["steps"] - len(steps) <= gap and steps[-1:] == [result["steps"]], f"train/loss: {len(steps)} steps of {result['steps']}")
        per_step = {}
        for m in history:
            per_step.setdefault(m.step, set()).add(m.value)
        expect(all(len(values) == 1 for values in per_step.values()), "a step with two losses")
        for name, value in result["figures"].items():
            expect(run.data.metrics.get("result/" + name) == value, f"result/{name}: {run.data.metrics.get('result/' + name)} not {value}")
        evals = sorted(client.get_metric_history(run.info.run_id, "eval/accuracy"), key=lambda m: m.step)
        read = [m.value for m in {m.step: m for m in evals}.values()]
        expect(gap > 0 or read == [e["valid"] for e in result["epochs"]], "eval/accuracy differs")
        expect(run.data.params.get("seed") == "1", f"param seed: {run.data.params.get('seed')}")

    whole = json.loads(subprocess.run(command("whole", 3), check=True, capture_output=True, text=True).stdout)
    check_run(runs()[0], whole, "FINISHED")

    killed = subprocess.Popen(command("killed", 60), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.time() + 120
    while time.time() < deadline and (len(runs()) < 2 or not os.path.exists(f"{folder}/killed/.state/state.safetensors")):
        time.sleep(0.2)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    again = json.loads(subprocess.run(command("killed", 60), check=True, capture_output=True, text=True).stdout)
    expect(again["resumed_at_step"] > 0, "the killed run began anew")
    expect(len(runs()) == 2, f"{len(runs())} runs: the killed run did not go on in its own")
    check_run(runs()[1], again, "FINISHED", gap=again["resumed_at_step"])

    third = subprocess.Popen(command("orphan", 4), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    os.killpg(server.pid, signal.SIGKILL)
    out, err = third.communicate()
    expect(third.returncode == 0, f"training ended with {third.returncode} when the server died: {err[-500:]}")
    said = [line for line in err.splitlines() if "mlflow" in line]
    expect(0 < len(said) <= 2, f"said {len(said)} times: {said}")
    expect(third.returncode != 0 or json.loads(out)["steps"] > 0, "no result")
    print("\n".join(findings) if findings else
          f"mlflow {mlflow.__version__}: whole {whole['steps']} steps; killed, went on at {again['resumed_at_step']} of "
          f"{again['steps']} in the same run; server killed: training ended well, said {said}")
    return 1 if findings else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
