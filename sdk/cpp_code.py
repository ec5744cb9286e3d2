"""The generated files of the C++ client."""
HEAD = "// {what}  Made by sdk/generate.py from /openapi.json: do not edit.\n// clang-format off\n"
PLAIN = {"string": "std::string", "integer": "std::int64_t", "number": "double", "boolean": "bool", "any": "Json", "null": "Json"}
KEYWORDS = {"and", "auto", "bool", "break", "case", "catch", "char", "class", "const", "continue", "default", "delete", "do", "double", "else",
            "enum", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "namespace", "new", "not",
            "operator", "or", "private", "protected", "public", "register", "return", "short", "signed", "sizeof", "static", "struct", "switch",
            "template", "this", "throw", "true", "try", "typedef", "union", "unsigned", "using", "virtual", "void", "while", "xor"}
LINE_MAX = 116


def identifier(name):
    text = "".join(c if c.isalnum() else "_" for c in name)
    return text + "_" if text in KEYWORDS or text[:1].isdigit() else text


def type_text(t):
    kind = t[0]
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "literal":
        kinds = {type(value) for value in t[1]}
        return {str: "std::string", int: "std::int64_t", bool: "bool"}.get(kinds.pop(), "Json") if len(kinds) == 1 else "Json"
    if kind == "array":
        return f"std::vector<{type_text(t[1])}>"
    if kind == "map":
        return f"std::map<std::string, {type_text(t[1])}>"
    if kind == "union":
        others = [one for one in t[1] if one[0] != "null"]
        # A value or nothing; of several kinds it is left as it came.
        return f"std::optional<{type_text(others[0])}>" if len(others) == 1 else "Json"
    return t[1]


def member_text(member):
    text = type_text(member.type)
    return text if member.required or text.startswith("std::optional<") or text == "Json" else f"std::optional<{text}>"


def wrapped(text, indent):
    """Comment lines of at most LINE_MAX characters."""
    lines, line = [], ""
    for word in text.split():
        if line and len(indent) + 3 + len(line) + 1 + len(word) > LINE_MAX:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "".join(f"{indent}// {line}\n" for line in [*lines, line] if line)


def in_order(records):
    """What a record is made of stands before it."""
    named, done, out = {record.name: record for record in records}, {}, []

    def names(t):
        if t[0] == "record":
            yield t[1]
        for part in t[1:]:
            if isinstance(part, tuple):
                for one in part if part and isinstance(part[0], tuple) else (part,):
                    if isinstance(one, tuple) and one and isinstance(one[0], str) and t[0] != "literal":
                        yield from names(one)

    def visit(record):
        if done.get(record.name) == "begun":
            raise SystemExit(f"{record.name} is made of itself: the C++ client has no type for it")
        if record.name in done:
            return
        done[record.name] = "begun"
        for member in record.members:
            if type_text(member.type).find("Json") < 0 or member.type[0] in ("array", "map", "record"):
                for name in names(member.type):
                    visit(named[name])
        done[record.name] = "done"
        out.append(record)

    for record in records:
        visit(record)
    return out


def types_header(api):
    text = HEAD.format(what="Bodies of requests and answers.")
    text += ("#pragma once\n\n#include <cstdint>\n#include <map>\n#include <optional>\n#include <string>\n#include <vector>\n\n"
             "#include \"yupu/json.h\"\n\nnamespace yupu::client {\n")
    for record in in_order(api.records):
        text += f"\nstruct {record.name} {{\n"
        for member in record.members:
            text += wrapped(member.description, "  ")
            kind = member_text(member)
            begin = " = 0" if kind in ("std::int64_t", "double") else " = false" if kind == "bool" else ""
            text += f"  {kind} {identifier(member.name)}{begin};\n"
        text += f"}};\nvoid to_json(Json& json, const {record.name}& value);\nvoid from_json(const Json& json, {record.name}& value);\n"
    return text + "\n}  // namespace yupu::client\n"


def types_source(api):
    text = HEAD.format(what="Bodies of requests and answers, to and from JSON.") + '#include "yupu/types.h"\n\nnamespace yupu::client {\n'
    for record in in_order(api.records):
        unused = "" if record.members else "/*value*/"
        text += f"\nvoid to_json(Json& json, const {record.name}& {unused or 'value'}) {{\n  json = Json::object();\n"
        text += "".join(f'  put(json, "{m.name}", value.{identifier(m.name)});\n' for m in record.members)
        text += f"}}\nvoid from_json(const Json& {'json' if record.members else '/*json*/'}, {record.name}& {unused or 'value'}) {{\n"
        text += "".join(f'  take(json, "{m.name}", value.{identifier(m.name)});\n' for m in record.members) + "}\n"
    return text + "\n}  // namespace yupu::client\n"


def arguments(op, streaming):
    out = [f"const std::string& {identifier(name)}" for name in op.path_names]
    if op.query:
        out.append(f"const {op.query.name}& query{'' if needed(op.query) or op.request else ' = {}'}")
    if op.request:
        out.append(f"const {op.request.name}& request")
    if streaming:
        out.append("const TakeEvent& take")
    return out + ["const CallOptions& options = {}"]


def needed(record):
    return any(member.required for member in record.members)


def answer_text(op):
    return type_text(op.answer) if op.answer else "std::string"


def methods(api):
    for op in api.operations:
        if op.answers_whole:
            yield op, False
        if op.event:
            yield op, True


def method_name(op, streaming):
    return f"stream_{op.name}" if streaming else op.name


def operations_header(api):
    text = HEAD.format(what="One method for each operation of the API.")
    text += ('#pragma once\n\n#include <string>\n\n#include "yupu/call.h"\n#include "yupu/types.h"\n\nnamespace yupu::client {\n\n'
             f'inline constexpr const char* kVersion = "{api.version}";\n\nclass Operations : public Caller {{\n public:\n')
    for op, streaming in methods(api):
        text += wrapped(f"{op.summary[:1].upper() + op.summary[1:]}: {op.method} {op.path}.", "  ")
        head = f"  {'void' if streaming else answer_text(op)} {method_name(op, streaming)}("
        text += head + (",\n" + " " * len(head)).join(arguments(op, streaming)) + ");\n"
    return text + "};\n\n}  // namespace yupu::client\n"


def path_text(op):
    parts, rest = [], op.path
    for name in op.path_names:
        before, rest = rest.split("{" + name + "}", 1)
        parts += [f'std::string("{before}")', f"quoted({identifier(name)})"]
    if rest or not parts:
        parts.append(f'"{rest}"')
    return " + ".join(parts)


def operations_source(api):
    text = HEAD.format(what="One method for each operation of the API.") + '#include "yupu/operations.h"\n\nnamespace yupu::client {\n'
    for op, streaming in methods(api):
        head = f"{'void' if streaming else answer_text(op)} Operations::{method_name(op, streaming)}("
        given = [argument.replace(" = {}", "") for argument in arguments(op, streaming)]
        text += "\n" + head + (",\n" + " " * len(head)).join(given) + ") {\n"
        text += f'  Call call{{"{op.method}", {path_text(op)}, {"true" if op.once else "false"}, options}};\n'
        if op.query:
            text += "  call.query = query;\n"
        if op.request:
            text += "  call.body = request;\n"
        if op.streams_on_request:
            text += f'  call.body["stream"] = {"true" if streaming else "false"};\n'
        if streaming:
            text += "  stream(call, take);\n}\n"
        elif op.answer is None:
            text += "  return text(call);\n}\n"
        else:
            text += f"  return read<{answer_text(op)}>(json(call));\n}}\n"
    return text + "\n}  // namespace yupu::client\n"


def by_name_source(api):
    """For programs that hear from a file what to call: the scenario."""
    text = HEAD.format(what="The operations by name, with arguments as JSON.")
    text += ('#pragma once\n\n#include <stdexcept>\n#include <string>\n\n#include "yupu/client.h"\n\nnamespace yupu::client {\n\n'
             "inline Json call_by_name(Operations& client, const std::string& name, const Json& with, const CallOptions& options) {\n")
    for op, streaming in methods(api):
        given = [f'with.at("{name}").get<std::string>()' for name in op.path_names]
        given += [f"with.get<{record.name}>()" for record in (op.query, op.request) if record]
        text += f'  if (name == "{method_name(op, streaming)}") '
        if streaming:
            given += ["[&](const Json& event) { events.push_back(event); return true; }", "options"]
            text += f"{{\n    Json events = Json::array();\n    client.{method_name(op, True)}({', '.join(given)});\n    return events;\n  }}\n"
        else:
            text += f"return client.{op.name}({', '.join([*given, 'options'])});\n"
    text += '  throw std::invalid_argument("no operation " + name);\n}\n\n}  // namespace yupu::client\n'
    return text


def files(api):
    return {"cpp/include/yupu/types.h": types_header(api), "cpp/include/yupu/operations.h": operations_header(api),
            "cpp/src/types.cc": types_source(api), "cpp/src/operations.cc": operations_source(api), "cpp/test/by_name.h": by_name_source(api)}
