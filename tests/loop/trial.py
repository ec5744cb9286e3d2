"""What tests through the real binary share: a folder of their own, commands with the exit status they must have, findings."""
import argparse
import csv
import json
import pathlib
import re
import socket
import subprocess
import time
import urllib.request


def yupu_from_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    return str(pathlib.Path(parser.parse_args().yupu).resolve())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Trial:
    def __init__(self, yupu, folder):
        self.yupu = yupu
        self.folder = pathlib.Path(folder)
        self.findings = []

    def expect(self, condition, what):
        if not condition:
            self.findings.append(what)

    def run(self, *words, code=0):
        """What the command printed: its output, or its errors where it must fail."""
        done = subprocess.run([self.yupu, *words], capture_output=True, cwd=self.folder, check=False, timeout=300, text=True)
        self.expect(done.returncode == code, f"{' '.join(words)}: exit status {done.returncode}: {done.stderr[-500:]}")
        return done.stdout if code == 0 else done.stderr

    def key_of(self, tenant):
        """The tenant's key that `yupu run --workdir w` wrote down."""
        return (self.folder / "w" / "secrets" / "keys" / tenant).read_text().strip()

    def write_rows(self, file, rows):
        """The rows as the file's ending says: jsonl, tsv or csv."""
        with open(self.folder / file, "w", newline="", encoding="utf-8") as out:
            if file.endswith(".jsonl"):
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            else:
                writer = csv.DictWriter(out, rows[0].keys(), delimiter="\t" if file.endswith(".tsv") else ",")
                writer.writeheader()
                writer.writerows(rows)
        return file

    def kill_once_checkpointed(self, words, out):
        """Training into `out` with these words, killed once it has updates behind it."""
        child = subprocess.Popen([self.yupu, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        state, until = self.folder / out / ".state" / "state.safetensors", time.monotonic() + 60
        while not state.exists() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        child.kill()
        child.wait()

    def ask_served(self, model, key, path, question):
        """What a server over the model directory, called x, answers there."""
        with subprocess.Popen([self.yupu, "serve", "--model", f"x={model}", "--listen", "127.0.0.1:0", "--workdir", "w"], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            try:
                address = next(found.group() for line in server.stdout if (found := re.search(r"http://[0-9.]+:\d+", line)))
                request = urllib.request.Request(address + path, json.dumps(question).encode(),
                                                 {"content-type": "application/json", "authorization": f"Bearer {key}"})
                with urllib.request.urlopen(request, timeout=60) as response:
                    return json.load(response)
            finally:
                server.terminate()

    def finish(self, summary):
        """The exit status of the test."""
        print("\n".join(self.findings) if self.findings else summary)
        return 1 if self.findings else 0
