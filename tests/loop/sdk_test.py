#!/usr/bin/env python3
"""The SDKs play sdk/scenario.json against the real binary, and what npm would publish is looked through.
sdk_test.py --yupu build/release/yupu [--cpp PROGRAM] [--without-node]"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from served_shop import served_shop
from trial import Trial

SDK = pathlib.Path(__file__).resolve().parent.parent.parent / "sdk"
PUBLISHED = {"package.json", "LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "dist/types.d.ts", "src/index.ts"}


def play(trial, words, url, key):
    done = subprocess.run([*words, url, key, str(SDK / "scenario.json")], capture_output=True, text=True, check=False, timeout=300)
    print(done.stdout, end="")
    trial.expect(done.returncode == 0, f"{words[-1]}: exit status {done.returncode}: {done.stdout} {done.stderr[-1500:]}")


def look_through_package(trial):
    packed = subprocess.run(["npm", "pack", "--dry-run", "--json", "--ignore-scripts"], cwd=SDK / "typescript", capture_output=True, text=True,
                            check=False, timeout=120)
    trial.expect(packed.returncode == 0, f"npm pack: {packed.stderr}")
    files = {file["path"] for file in json.loads(packed.stdout)[0]["files"]} if packed.returncode == 0 else set()
    trial.expect(PUBLISHED <= files, f"not in the package: {PUBLISHED - files}")
    strange = [file for file in files if not file.startswith(("dist/", "src/")) and file not in PUBLISHED]
    trial.expect(not strange, f"in the package: {strange}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--without-node", action="store_true")
    parser.add_argument("--cpp", type=pathlib.Path, help="the program that plays with the C++ client")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(str(pathlib.Path(args.yupu).resolve()), name)
        with served_shop(trial) as (url, key):
            play(trial, [sys.executable, str(SDK / "python" / "tests" / "scenario.py")], url, key)
            if args.cpp:
                play(trial, [str(args.cpp.resolve())], url, key)
            if not args.without_node:
                play(trial, ["node", str(SDK / "typescript" / "test" / "scenario.mjs")], url, key)
        if not args.without_node:
            look_through_package(trial)
        return trial.finish("the SDKs say and hear the same" if not args.without_node else "without TypeScript: built without node")


if __name__ == "__main__":
    sys.exit(main())
