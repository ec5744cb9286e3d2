#!/usr/bin/env python3
"""OpenAI's own clients for Python and JavaScript, unmodified, against the real binary; and the Python SDK as it is installed.
openai_test.py --yupu build/release/yupu

The clients are installed into tests/openai (requirements.txt, package-lock.json). Exit status 77, said aloud, where the registries
cannot be reached."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from served_shop import served_shop
from trial import Trial, yupu_from_arguments

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests" / "openai"
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
SKIPPED = 77
NO_NETWORK = ("NewConnectionError", "ConnectTimeout", "name resolution", "ProxyError", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT",
              "ENETUNREACH")


class NoNetwork(Exception):
    pass


def install(words, folder=HERE):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    if any(word in said for word in NO_NETWORK):
        raise NoNetwork(f"{words[0]}: {said.strip().splitlines()[-1]}")
    raise SystemExit(f"{' '.join(map(str, words))}: {said}")


def up_to_date(stamp, source):
    return stamp.exists() and stamp.stat().st_mtime >= source.stat().st_mtime


def install_clients():
    stamp = VENV / ".installed"
    if not up_to_date(stamp, HERE / "requirements.txt"):
        install([sys.executable, "-m", "venv", "--clear", VENV])
        install([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r", "requirements.txt"])
        stamp.touch()
    stamp = HERE / "node_modules" / ".installed"
    if shutil.which("npm") and not up_to_date(stamp, HERE / "package-lock.json"):
        install(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        stamp.touch()


def install_sdk(folder):
    """The package as its users get it: built and installed, from a copy, so that nothing is written beside the sources."""
    shutil.copytree(ROOT / "sdk" / "python", folder / "package", ignore=shutil.ignore_patterns("__pycache__"))
    install([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-deps", "--no-index",
             "--force-reinstall", folder / "package"], folder)


def main():
    yupu = yupu_from_arguments()
    try:
        install_clients()
    except NoNetwork as why:
        print(f"SKIPPED: OpenAI's clients could not be installed: {why}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        install_sdk(trial.folder)
        with served_shop(trial) as (url, key):
            reader = next(word for word in trial.run("keys", "create", "--tenant", "one", "--scope", "read", "--workdir", "w").split()
                          if word.startswith("yp_"))
            checks = [[PYTHON, HERE / "check.py", url, key, reader],
                      [PYTHON, ROOT / "sdk" / "python" / "tests" / "scenario.py", "--installed", url, key, ROOT / "sdk" / "scenario.json"]]
            if shutil.which("node"):
                checks.append(["node", HERE / "check.mjs", url, key, reader])
            for words in checks:
                done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, cwd=trial.folder,
                                      env={k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "YUPU_"))})
                print(done.stdout, end="")
                trial.expect(done.returncode == 0, f"{words[1]}: exit status {done.returncode}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
        return trial.finish("OpenAI's clients are answered")


if __name__ == "__main__":
    sys.exit(main())
