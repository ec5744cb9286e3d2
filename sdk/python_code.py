"""The generated files of the Python package."""
import keyword

HEAD = '"""{what} Made by sdk/generate.py from /openapi.json: do not edit."""\nfrom __future__ import annotations\n\n'
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "any": "Any"}
RESERVED = {"self", "timeout", "idempotency_key"}


def type_text(t, where=""):
    kind = t[0]
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "literal":
        return "Literal[" + ", ".join(repr(v) for v in t[1]) + "]"
    if kind == "array":
        return f"List[{type_text(t[1], where)}]"
    if kind == "map":
        return f"Dict[str, {type_text(t[1], where)}]"
    if kind == "union":
        return "Union[" + ", ".join(type_text(one, where) for one in t[1]) + "]"
    return where + t[1]


def record_text(record):
    needed = [m for m in record.members if m.required]
    free = [m for m in record.members if not m.required]

    def body(members):
        lines = []
        for m in members:
            note = f"  # {m.description}" if m.description else ""
            lines.append(f"    {m.name}: {type_text(m.type)}{note}")
        return "\n".join(lines) or "    pass"

    # Keys that are no names in Python.
    odd = [m.name for m in record.members if keyword.iskeyword(m.name) or not m.name.isidentifier()]
    if odd:
        def table(members):
            return "{" + ", ".join(f'"{m.name}": "{type_text(m.type)}"' for m in members) + "}"
        base = f'_{record.name}Needed = TypedDict("_{record.name}Needed", {table(needed)})\n\n\n'
        more = f'_{record.name}Free = TypedDict("_{record.name}Free", {table(free)}, total=False)\n\n\n'
        return base + more + f"class {record.name}(_{record.name}Needed, _{record.name}Free):\n    pass\n"
    if not free:
        return f"class {record.name}(TypedDict):\n{body(needed)}\n"
    if not needed:
        return f"class {record.name}(TypedDict, total=False):\n{body(free)}\n"
    return (f"class _{record.name}Needed(TypedDict):\n{body(needed)}\n\n\n"
            f"class {record.name}(_{record.name}Needed, total=False):\n{body(free)}\n")


def types_file(api):
    records = "\n\n".join(record_text(record) for record in api.records)
    return HEAD.format(what="Bodies of requests and answers.") + "from typing import Any, Dict, List, Literal, TypedDict, Union\n\n\n" + records


def argument(name):
    return name + "_" if keyword.iskeyword(name) or name in RESERVED else name.replace("-", "_")


def method_text(op, asynchronous, streaming):
    members = [m for record in (op.query, op.request) if record for m in record.members if not (op.streams_on_request and m.name == "stream")]
    members.sort(key=lambda m: not m.required)
    arguments = ["self"] + [f"{argument(name)}: str" for name in op.path_names]
    arguments.append("*")
    for m in members:
        text = type_text(m.type, "types.")
        arguments.append(f"{argument(m.name)}: {text}" if m.required else f"{argument(m.name)}: Optional[{text}] = None")
    if op.once:
        arguments.append("idempotency_key: Optional[str] = None")
    arguments.append("timeout: Optional[float] = None")
    answer = type_text(op.event if streaming else op.answer or ("string",), "types.")
    if streaming:
        answer = f"AsyncIterator[{answer}]" if asynchronous else f"Iterator[{answer}]"
    path = repr(op.path)
    for name in op.path_names:
        path = path.replace("{" + name + "}", "{quote(" + argument(name) + ", safe='')}")
    if op.path_names:
        path = 'f"' + path[1:-1] + '"'

    def table(record):
        pairs = [f'"{m.name}": {argument(m.name)}' for m in record.members if not (op.streams_on_request and m.name == "stream")]
        if streaming and op.streams_on_request and record is op.request:
            pairs.append('"stream": True')
        return "{" + ", ".join(pairs) + "}"

    call = [repr(op.method), path]
    if op.query:
        call.append(f"query={table(op.query)}")
    if op.request:
        call.append(f"body={table(op.request)}")
    if op.once:
        call.append("once=True, idempotency_key=idempotency_key")
    call.append("timeout=timeout")
    if not streaming and op.answer is None:
        call.append("text=True")
    head = "async def" if asynchronous and not streaming else "def"
    name = f"stream_{op.name}" if streaming else op.name
    verb = "self._stream" if streaming else "await self._call" if asynchronous else "self._call"
    joined = ",\n            ".join(arguments)
    return (f"    {head} {name}(\n            {joined}) -> {answer}:\n"
            f'        """{op.summary[:1].upper() + op.summary[1:]}: {op.method} {op.path}."""\n'
            f"        return {verb}(\n            " + ",\n            ".join(call) + ")\n")


def operations_file(api):
    text = HEAD.format(what="One method for each operation of the API.")
    text += "from typing import Any, AsyncIterator, Dict, Iterator, List, Literal, Optional, Union\n"
    if any(op.path_names for op in api.operations):
        text += "from urllib.parse import quote\n"
    text += f'\nfrom . import types\n\nVERSION = "{api.version}"\n'
    for asynchronous in (False, True):
        prefix = "Async" if asynchronous else ""
        text += (f"\n\nclass {prefix}Operations:\n"
                 f"    {'async ' if asynchronous else ''}def _call(self, method: str, path: str, **how: Any) -> Any:\n        raise NotImplementedError\n\n"
                 f"    def _stream(self, method: str, path: str, **how: Any) -> Any:\n        raise NotImplementedError\n")
        for op in api.operations:
            if op.answers_whole:
                text += "\n" + method_text(op, asynchronous, False)
            if op.event:
                text += "\n" + method_text(op, asynchronous, True)
    return text


def files(api):
    return {"python/src/yupu/types.py": types_file(api), "python/src/yupu/operations.py": operations_file(api)}
