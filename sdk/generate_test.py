#!/usr/bin/env python3
"""The generator, on a small API with every kind of type and of path; and what it says of a file that is not up to date."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

import cpp_code
import generate
import python_code
import schema
import typescript_code


def body(properties, **more):
    return {"content": {schema.JSON: {"schema": {"type": "object", "properties": properties, **more}}}}


def operation(responses, **more):
    return {"summary": "does it", "responses": {"200": {"description": "done", **responses}}, **more}


ONCE = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"}}
NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
ANSWERED = "#/paths/~1v1~1things/get/responses/200/content/application~1json/schema"
DOCUMENT = {
    "info": {"title": "x", "version": "0.1.0"},
    "paths": {
        "/v1/things": {
            "get": operation(body({"data": {"type": "array", "items": {"type": "object", "properties": {"from": {"type": "string"}}}},
                                   "count": {"type": ["integer", "null"], "description": "how many"}}, required=["data"]),
                             parameters=[{"name": "class", "in": "query", "required": True, "schema": {"type": "string"}},
                                         {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer"}}]),
            "post": operation({}, requestBody=body({"kind": {"enum": ["a", "b"]}, "some": {"type": "object"}}, required=["kind"]),
                              parameters=[ONCE])},
        "/v1/things/{name}": {"get": operation(body({"thing": {"$ref": ANSWERED}, "tags": {"type": "object", "additionalProperties": {
            "type": "number"}}}), parameters=[NAME])},
        "/v1/talk": {"post": operation({"content": {
            schema.JSON: {"schema": {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}, {"const": 7}]}}}},
            schema.EVENTS: {"schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}}}},
            requestBody=body({"stream": {"type": "boolean"}, "x": {"type": "string"}}), parameters=[ONCE])},
        "/v1/watch": {"get": operation({"content": {schema.EVENTS: {"schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}}}})},
    },
}


class GenerateTest(unittest.TestCase):
    def setUp(self):
        self.api = schema.read(DOCUMENT)
        self.python = python_code.files(self.api)
        self.typescript = typescript_code.files(self.api)

    def test_names(self):
        self.assertEqual([op.name for op in self.api.operations], ["get_things", "post_things", "things_by_name", "talk", "watch"])

    def test_cpp(self):
        files = cpp_code.files(self.api)
        types, operations = files["cpp/include/yupu/types.h"], files["cpp/src/operations.cc"]
        for text in ("  std::string class_;", "  std::optional<std::int64_t> limit;", "  // how many\n  std::optional<std::int64_t> count;",
                     "  std::optional<std::map<std::string, double>> tags;", "  Json a;"):
            self.assertIn(text, types)
        # What another is made of stands before it.
        self.assertLess(types.index("struct GetThingsResponseData {"), types.index("struct GetThingsResponse {"))
        self.assertIn('"/v1/things/") + quoted(name), false', operations)
        self.assertIn('call.body["stream"] = true', operations)
        self.assertIn("std::string Operations::post_things(", operations)
        self.assertIn('put(json, "class", value.class_);', files["cpp/src/types.cc"])
        loop = schema.Record("Loop", [])
        loop.members.append(schema.Member("again", ("array", ("record", "Loop")), True, ""))
        with self.assertRaises(SystemExit):
            cpp_code.in_order([loop])

    def test_python_runs(self):
        files = {name.rsplit("/", 1)[1]: text for name, text in self.python.items()}
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder) / "made"
            package.mkdir()
            (package / "__init__.py").write_text("")
            for name, text in files.items():
                (package / name).write_text(text, encoding="utf-8")
            sys.path.insert(0, folder)
            try:
                from made import operations, types
            finally:
                sys.path.remove(folder)
        self.assertEqual(types.GetThingsResponse.__required_keys__ & {"data", "count"}, {"data"})
        self.assertIn("from", types.GetThingsResponseData.__optional_keys__)
        self.assertEqual(operations.VERSION, "0.1.0")
        calls = []

        class Client(operations.Operations):
            def _call(self, *words, **how):
                calls.append((words, how))

            def _stream(self, *words, **how):
                calls.append((words, how))

        client = Client()
        client.get_things(class_="c", limit=2)
        client.post_things(kind="a", idempotency_key="k")
        client.things_by_name("a/b c", timeout=3)
        client.talk(x="y")
        client.stream_talk(x="y")
        client.stream_watch()
        self.assertEqual(calls, [
            (("GET", "/v1/things"), {"query": {"class": "c", "limit": 2}, "timeout": None}),
            (("POST", "/v1/things"), {"body": {"kind": "a", "some": None}, "once": True, "idempotency_key": "k", "timeout": None, "text": True}),
            (("GET", "/v1/things/a%2Fb%20c"), {"timeout": 3}),
            (("POST", "/v1/talk"), {"body": {"x": "y"}, "once": True, "idempotency_key": None, "timeout": None}),
            (("POST", "/v1/talk"), {"body": {"x": "y", "stream": True}, "once": True, "idempotency_key": None, "timeout": None}),
            (("GET", "/v1/watch"), {"timeout": None})])
        self.assertFalse(hasattr(client, "watch"))

    def test_typescript_says_the_same(self):
        types = self.typescript["typescript/src/types.ts"]
        for part in ["export interface GetThingsResponse {\n  data: Array<GetThingsResponseData>;\n  /** how many */\n  count?: number | null;\n}",
                     "thing?: GetThingsResponse;", "tags?: Record<string, number>;", 'kind: "a" | "b";', "some?: Record<string, unknown>;",
                     "a?: string | 7;", "  from?: string;"]:
            self.assertIn(part, types)
        operations = self.typescript["typescript/src/operations.ts"]
        for part in ["getThings(query: types.GetThingsQuery, options: CallOptions = {}): Promise<types.GetThingsResponse>",
                     "postThings(body: types.PostThingsRequest, options: CallOptions = {}): Promise<string>",
                     "path: `/v1/things/${encodeURIComponent(name)}`", "streamWatch(options: CallOptions = {}): AsyncIterable<types.WatchEvent>",
                     "talk(body: Omit<types.TalkRequest, 'stream'>", "body: { ...body, stream: true }"]:
            self.assertIn(part, operations)
        self.assertNotIn("  watch(", operations)

    def test_two_types_of_one_name_are_refused(self):
        document = json.loads(json.dumps(DOCUMENT))
        document["paths"]["/v1/get/things"] = {"get": operation(body({"a": {"type": "string"}}))}
        with self.assertRaises(SystemExit):
            schema.read(document)

    def test_a_stale_file_is_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            made = {**self.python, **self.typescript, **cpp_code.files(self.api)}
            for name, text in {**made, "typescript/package.json": '{"version": "0.1.0"}'}.items():
                (here / name).parent.mkdir(parents=True, exist_ok=True)
                (here / name).write_text(text, encoding="utf-8")
            (here / "openapi.json").write_text(json.dumps(DOCUMENT))
            self.assertEqual(self.run_check(here)[0], 0)
            types = here / "typescript/src/types.ts"
            types.write_text(types.read_text(encoding="utf-8").replace("thing?:", "thong?:"), encoding="utf-8")
            status, said = self.run_check(here)
            self.assertEqual(status, 1)
            self.assertIn("-  thong?: GetThingsResponse;\n+  thing?: GetThingsResponse;", said)
            (here / "typescript/package.json").write_text('{"version": "0.0.9"}')
            self.assertIn("0.0.9", self.run_check(here)[1])

    @staticmethod
    def run_check(here):
        before, words = generate.HERE, sys.argv
        generate.HERE, sys.argv = here, ["generate.py", "--openapi", str(here / "openapi.json"), "--check"]
        try:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                return generate.main(), said.getvalue()
        finally:
            generate.HERE, sys.argv = before, words


if __name__ == "__main__":
    unittest.main()
