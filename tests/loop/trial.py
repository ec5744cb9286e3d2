"""What tests through the real binary share: a folder of their own, commands with the exit status they must have, findings."""
import argparse
import pathlib
import subprocess


def yupu_from_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    return str(pathlib.Path(parser.parse_args().yupu).resolve())


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

    def finish(self, summary):
        """The exit status of the test."""
        print("\n".join(self.findings) if self.findings else summary)
        return 1 if self.findings else 0
