#!/usr/bin/env python3
"""A PostgreSQL server of the test's own: installed binaries, a new cluster in a temporary folder, gone afterwards.

  postgres_server.py COMMAND [ARG...]     runs COMMAND with YUPU_TEST_POSTGRES=postgresql://... and gives its exit status

Exit status 77 (skipped, said aloud) where PostgreSQL's server programs are not installed; `scripts/install-deps.sh test` brings
them. PostgreSQL refuses to run as root: then the cluster belongs to the user `postgres`, or `nobody`.
"""
import glob
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

from trial import free_port

SKIPPED = 77
USER = "yupu"


def find_programs():
    """The folder of initdb, pg_ctl and their like, the newest; None where there is none."""
    folders = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    folders.sort(key=lambda folder: int(re.search(r"(\d+)/bin", folder).group(1)), reverse=True)
    on_path = shutil.which("initdb")
    for folder in folders + ([str(pathlib.Path(on_path).resolve().parent)] if on_path else []):
        if all((pathlib.Path(folder) / name).exists() for name in ["initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"]):
            return pathlib.Path(folder)
    return None


def account():
    """Whose the cluster is: (uid, gid), or None for whoever runs this."""
    if os.getuid() != 0:
        return None
    for name in ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


class Server:
    def __init__(self, programs):
        self.programs = programs
        self.owner = account()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-postgres-"))
        self.data = self.folder / "data"
        self.port = free_port()
        if self.owner:
            os.chown(self.folder, *self.owner)

    def url(self, database="yupu"):
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def program(self, name, *words, owned=False, text=None):
        """What it printed. `owned`: as the cluster's owner."""
        become = {"user": self.owner[0], "group": self.owner[1], "extra_groups": []} if owned and self.owner else {}
        done = subprocess.run([self.programs / name, *map(str, words)], capture_output=True, text=True, check=False, input=text,
                              cwd=self.folder, timeout=120, **become)
        if done.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(map(str, words))} -> {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}")
        return done.stdout

    def control(self, *words):
        # The server inherits no pipe of ours: what it says goes to its log.
        become = {"user": self.owner[0], "group": self.owner[1], "extra_groups": []} if self.owner else {}
        done = subprocess.run([self.programs / "pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                              cwd=self.folder, timeout=120, **become)
        if done.returncode != 0:
            log = self.folder / "log"
            raise RuntimeError(f"pg_ctl {' '.join(words)} -> {done.returncode}: {log.read_text()[-2000:] if log.exists() else ''}")

    def __enter__(self):
        try:
            self.program("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", owned=True)
            # fsync off: a kill of the server's processes loses nothing by it, only a power cut would.
            with open(self.data / "postgresql.conf", "a", encoding="utf-8") as settings:
                settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\nfsync = off\n"
                               "max_connections = 200\n")
            self.control("start")
            self.psql("postgres", "CREATE DATABASE yupu")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if (self.data / "postmaster.pid").exists():
                self.control("-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self):
        """Every process of the server killed at once, then started again: it recovers from its log."""
        self.control("-m", "immediate", "restart")

    def psql(self, database, sql):
        """The rows, columns parted by |."""
        return self.program("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql).splitlines()


def start_or_skip():
    """A server, not yet started; ends the test where there is none."""
    programs = find_programs()
    if programs is None:
        print("SKIPPED: PostgreSQL's server (initdb, pg_ctl) is not installed; `scripts/install-deps.sh test` brings it")
        sys.exit(SKIPPED)
    return Server(programs)


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    with start_or_skip() as server:
        done = subprocess.run(sys.argv[1:], env={**os.environ, "YUPU_TEST_POSTGRES": server.url()}, check=False)
        return done.returncode if done.returncode >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
