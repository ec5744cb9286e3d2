#!/usr/bin/env python3
"""The types and methods of the SDKs, from /openapi.json.

    generate.py --yupu build/release/yupu            writes them
    generate.py --yupu build/release/yupu --check    exit status 1 and a diff where a file is not what would be written

--openapi FILE reads the document from a file instead of asking the binary for it.
"""
import argparse
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import cpp_code
import python_code
import schema
import typescript_code

HERE = pathlib.Path(__file__).resolve().parent


def document_of(yupu):
    """What a server without models says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "adapters").mkdir()
        words = [pathlib.Path(yupu).resolve(), "serve", "--adapters", "adapters", "--workdir", "w", "--listen", "127.0.0.1:0"]
        with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            try:
                said = []
                for line in server.stdout:
                    said.append(line)
                    found = re.search(r"http://[0-9.]+:\d+", line)
                    if found:
                        with urllib.request.urlopen(found.group() + "/openapi.json", timeout=30) as answer:
                            return json.load(answer)
                raise SystemExit("yupu serve did not listen: " + "".join(said))
            finally:
                server.terminate()


def versions(api):
    """Findings: a package whose version is not the API's."""
    package = json.loads((HERE / "typescript" / "package.json").read_text(encoding="utf-8"))
    if package["version"] != api.version:
        yield f"sdk/typescript/package.json: version {package['version']}, the API's is {api.version}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--yupu")
    source.add_argument("--openapi", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    api = schema.read(document_of(args.yupu) if args.yupu else json.loads(args.openapi.read_text(encoding="utf-8")))
    stale = list(versions(api))
    for name, text in {**python_code.files(api), **typescript_code.files(api), **cpp_code.files(api)}.items():
        path = HERE / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if args.check:
            stale += difflib.unified_diff(before.splitlines(), text.splitlines(), f"sdk/{name}", "from /openapi.json", lineterm="")
        elif before != text:
            path.write_text(text, encoding="utf-8")
            print(f"sdk/{name}: written")
    if stale:
        print("\n".join(stale))
        print("the SDKs are not what /openapi.json says: run make sdk and commit what it writes")
        return 1
    print(f"{len(api.operations)} operations, {len(api.records)} types: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
