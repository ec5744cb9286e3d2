#!/usr/bin/env python3
"""deploy/ as the programs that read it see it: the unit by systemd-analyze, nginx's configuration by nginx -t. What is not installed
is said and left out; exit status 77 when neither is.  check.py --yupu build/release/yupu"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DEPLOY = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy"
EXPOSURE_MAX = 2.5  # of systemd-analyze security: 0 is a program that may do nothing, 10 one that may do everything


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def flags_of(yupu, unit):
    """Flags of the unit's command that this program does not know."""
    command, line = re.search(r"^ExecStart=\S+ (serve|rounds) (.*)$", unit, re.M).groups()
    _, said = run(yupu, "help", command)
    return [flag for flag in re.findall(r"--[a-z-]+", line) if flag not in said and flag not in ("--strategy", "--workdir")]


def check_unit(yupu, folder, findings):
    for name in ("yupu.service", "yupu-rounds.service"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        findings += [f"{name}: its command has no {flag}" for flag in flags_of(yupu, text)]
    if shutil.which("systemd-analyze") is None:
        return False
    exposures = []
    for name in ("yupu.service", "yupu@.service", "yupu-rounds.service"):
        # The program where it is here; the user only exists where it is installed.
        unit = (DEPLOY / name.replace("@", "")).read_text(encoding="utf-8")
        tried = unit.replace("/usr/local/bin/yupu", str(yupu)).replace("User=yupu", "User=daemon").replace("Group=yupu", "Group=daemon")
        (folder / name).write_text(tried, encoding="utf-8")
        code, said = run("systemd-analyze", "verify", "--man=no", str(folder / name))
        lines = [line for line in said.splitlines() if "yupu" in line and "Cannot add dependency" not in line]
        if lines:
            findings.append(f"{name}: systemd-analyze verify ({code}): " + "; ".join(lines))
        code, said = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(folder / name))
        found = re.search(r"Overall exposure level for \S+ (\d+\.\d+)", said)
        exposures.append(found.group(1) if found else "not told by this version")
        if found and float(found.group(1)) > EXPOSURE_MAX:
            findings.append(f"{name}: exposure {found.group(1)}, more than {EXPOSURE_MAX}")
    print(f"systemd-analyze: verified, exposure {', '.join(exposures)}")
    return True


def check_nginx(folder, findings):
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if nginx is None or shutil.which("openssl") is None:
        return False
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example",
        "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"))
    text = (DEPLOY / "nginx" / "yupu.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/yupu/tls", str(folder)).replace("/var/log/nginx", str(folder))
    text = re.sub(r"listen (\[::\]:)?(80|443)", lambda m: f"listen {m.group(1) or ''}{int(m.group(2)) + 18000}", text)
    (folder / "yupu.conf").write_text(text, encoding="utf-8")
    main = (f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n"
            + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + f"include {folder}/yupu.conf;\n}}\n")
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    code, said = run(nginx, "-t", "-p", str(folder), "-c", str(folder / "nginx.conf"))
    if code != 0:
        findings.append(f"nginx -t: {said}")
    print("nginx -t: the configuration is read")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    yupu = pathlib.Path(parser.parse_args().yupu).resolve()
    findings = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tried = [check_unit(yupu, folder, findings), check_nginx(folder, findings)]
    if not tried[0]:
        print("systemd-analyze is not installed: the unit was not verified")
    if not tried[1]:
        print("nginx or openssl is not installed: nginx's configuration was not read")
    print("\n".join(findings))
    if findings:
        return 1
    return 0 if any(tried) else 77


if __name__ == "__main__":
    sys.exit(main())
