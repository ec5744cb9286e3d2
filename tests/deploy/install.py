#!/usr/bin/env python3
"""What `make install` would leave below a prefix, from what is built and without building.
install.py --build build/release"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

PREFIX = "/opt/yupu"
UNITS = ["yupu.service", "yupu@.service", "yupu-rounds.service"]
FILES = ["bin/yupu", "lib/libyupu_client.a", "include/yupu/client.h", "include/yupu/types.h", "lib/sysusers.d/yupu.conf",
         "share/doc/yupu/nginx/yupu.conf", "share/man/man1/yupu.1", "share/bash-completion/completions/yupu",
         *(f"lib/systemd/system/{unit}" for unit in UNITS)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = pathlib.Path(parser.parse_args().build).resolve()
    findings = []
    with tempfile.TemporaryDirectory() as name:
        done = subprocess.run(["cmake", "--install", str(build), "--prefix", PREFIX], capture_output=True, text=True,
                              env={**os.environ, "DESTDIR": name}, check=False, timeout=120)
        root = pathlib.Path(name + PREFIX)
        if done.returncode != 0:
            findings.append(f"cmake --install: {done.stderr}")
        findings += [f"{file} is not installed" for file in FILES if not (root / file).is_file()]
        for unit in root.glob("lib/systemd/system/*.service"):
            text = unit.read_text(encoding="utf-8")
            if f"ExecStart={PREFIX}/bin/yupu " not in text or "/usr/local/" in text:
                findings.append(f"{unit.name} does not start what is installed")
            if unit.stat().st_mode & 0o777 != 0o644:
                findings.append(f"{unit.name} has mode {unit.stat().st_mode & 0o777:o}")
        if not findings:
            installed = [str(root / "bin/yupu"), "version"]
            version = subprocess.run(installed, capture_output=True, text=True, check=False, timeout=60)
            if version.returncode != 0:
                findings.append(f"the installed program does not start: {version.stderr}")
        for helper in ("yupu-pdf-text", "libyupu_mpi.so"):
            if (build / helper).exists() and not (root / "lib/yupu" / helper).is_file():
                findings.append(f"lib/yupu/{helper} is not installed")
    print("\n".join(findings) if findings else "everything is where it belongs")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
