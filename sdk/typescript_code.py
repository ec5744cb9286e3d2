"""The generated files of the TypeScript package."""
import json
import re

from schema import camel

HEAD = "// {what} Made by sdk/generate.py from /openapi.json: do not edit.\n\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null", "any": "unknown"}


def type_text(t):
    kind = t[0]
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "literal":
        return " | ".join(json.dumps(v, ensure_ascii=False) for v in t[1])
    if kind == "array":
        return f"Array<{type_text(t[1])}>"
    if kind == "map":
        return f"Record<string, {type_text(t[1])}>"
    if kind == "union":
        return " | ".join(type_text(one) for one in t[1])
    return t[1]


def record_text(record):
    lines = []
    for m in record.members:
        if m.description:
            lines.append(f"  /** {m.description} */")
        name = m.name if m.name.isidentifier() else json.dumps(m.name)
        lines.append(f"  {name}{'' if m.required else '?'}: {type_text(m.type)};")
    return f"export interface {record.name} {{\n" + "\n".join(lines) + "\n}\n"


def lower_camel(name):
    made = camel(name)
    return made[:1].lower() + made[1:]


def method_text(op, streaming):
    arguments = [f"{lower_camel(name)}: string" for name in op.path_names]
    call = [f"method: '{op.method}'"]
    path = re.sub(r"\{([^}]*)\}", lambda found: "${encodeURIComponent(" + lower_camel(found.group(1)) + ")}", op.path)
    call.append(f"path: `{path}`" if op.path_names else f"path: '{path}'")
    if op.request:
        body = op.request.name
        if op.streams_on_request:
            body = f"Omit<types.{body}, 'stream'>"
        else:
            body = f"types.{body}"
        arguments.append(f"body: {body}")
        call.append("body: { ...body, stream: true }" if streaming and op.streams_on_request else "body")
    if op.query:
        free = all(not m.required for m in op.query.members)
        arguments.append(f"query: types.{op.query.name}" + (" = {}" if free else ""))
        call.append("query")
    if op.once:
        call.append("once: true")
    if not streaming and op.answer is None:
        call.append("text: true")
    arguments.append("options: CallOptions = {}")
    wanted = op.event if streaming else op.answer
    answer = "string" if wanted is None else re.sub(r"\b([A-Z]\w*(?:Response|Event)\w*)\b", r"types.\1", type_text(wanted))
    name = lower_camel(("stream_" if streaming else "") + op.name)
    result = f"AsyncIterable<{answer}>" if streaming else f"Promise<{answer}>"
    verb = "this.stream" if streaming else "this.call"
    return (f"  /** {op.summary[:1].upper() + op.summary[1:]}: {op.method} {op.path} */\n"
            f"  {name}({', '.join(arguments)}): {result} {{\n"
            f"    return {verb}({{ {', '.join(call)} }}, options);\n  }}\n")


def operations_file(api):
    text = HEAD.format(what="One method for each operation of the API.")
    text += "import type { Call, CallOptions } from './call.js';\nimport type * as types from './types.js';\n\n"
    text += f"export const VERSION = '{api.version}';\n\n"
    text += ("export abstract class Operations {\n"
             "  protected abstract call<T>(call: Call, options: CallOptions): Promise<T>;\n"
             "  protected abstract stream<T>(call: Call, options: CallOptions): AsyncIterable<T>;\n")
    for op in api.operations:
        if op.answers_whole:
            text += "\n" + method_text(op, False)
        if op.event:
            text += "\n" + method_text(op, True)
    return text + "}\n"


def types_file(api):
    return HEAD.format(what="Bodies of requests and answers.") + "\n".join(record_text(record) for record in api.records)


def files(api):
    return {"typescript/src/types.ts": types_file(api), "typescript/src/operations.ts": operations_file(api)}
