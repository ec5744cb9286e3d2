"""/openapi.json as both generators want it: operations with names, and the types of their bodies."""
import re
from dataclasses import dataclass, field

JSON, EVENTS = "application/json", "text/event-stream"


@dataclass
class Member:
    name: str
    type: tuple
    required: bool
    description: str


@dataclass
class Record:
    """An object with a name of its own."""
    name: str
    members: list


@dataclass
class Operation:
    name: str  # chat_completions
    method: str
    path: str
    summary: str
    path_names: list
    query: Record = None
    request: Record = None
    answer: tuple = None  # None: text
    event: tuple = None  # None: no stream
    answers_whole: bool = True  # False: a stream alone
    once: bool = False  # takes an Idempotency-Key

    @property
    def streams_on_request(self):
        """Whether the member `stream` says which of the two is wanted."""
        return self.event is not None and self.request is not None and any(m.name == "stream" for m in self.request.members)


@dataclass
class Api:
    version: str
    operations: list
    records: list = field(default_factory=list)


def camel(words):
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", words) if word)


class Reader:
    """Types are tuples: ("string",), ("integer",), ("number",), ("boolean",), ("null",), ("any",), ("literal", values),
    ("array", type), ("map", type), ("union", types), ("record", name)."""

    def __init__(self, document):
        self.document = document
        self.records = {}
        self.named = {}  # JSON pointer of a body's schema -> the record's name

    def type_of(self, schema, name):
        if "$ref" in schema:
            if schema["$ref"] not in self.named:
                raise SystemExit(f"{name}: {schema['$ref']} is no body of an operation")
            return ("record", self.named[schema["$ref"]])
        if "const" in schema:
            return ("literal", (schema["const"],))
        if "enum" in schema:
            return ("literal", tuple(schema["enum"]))
        if "oneOf" in schema:
            return self.union(self.type_of(option, name) for option in schema["oneOf"])
        kind = schema.get("type")
        if isinstance(kind, list):
            return self.union(self.type_of({**schema, "type": one}, name) for one in kind)
        if kind == "array":
            singular = name[:-1] if name.endswith("s") else name
            return ("array", self.type_of(schema.get("items", {}), singular))
        if kind == "object" and "properties" in schema:
            return ("record", self.record(schema, name).name)
        if kind == "object":
            more = schema.get("additionalProperties")
            return ("map", self.type_of(more, name) if isinstance(more, dict) else ("any",))
        return (kind,) if kind else ("any",)

    @staticmethod
    def union(types):
        flat = []
        for one in types:
            flat += [t for t in (one[1] if one[0] == "union" else (one,)) if t not in flat]
        return flat[0] if len(flat) == 1 else ("union", tuple(flat))

    def record(self, schema, name):
        if name in self.records:
            raise SystemExit(f"two types would be called {name}: rename a property, or a path")
        made = self.records[name] = Record(name, [])
        for key, property_schema in schema.get("properties", {}).items():
            made.members.append(Member(key, self.type_of(property_schema, name + camel(key)), key in schema.get("required", []),
                                       property_schema.get("description", "")))
        return made


def names_of(paths):
    """(path, method) -> chat_completions; what would be called alike also says by what, then how."""
    keys = [(path, method) for path, methods in paths.items() for method in methods]

    def plain(key):
        return "_".join(re.findall(r"[a-z0-9]+", re.sub(r"\{[^}]*\}|^/v1(?=/)", "", key[0].lower())))

    def longer(key):
        return "_by_".join([plain(key), *re.findall(r"\{([^}]*)\}", key[0])])

    tries = [plain, longer, lambda key: f"{key[1]}_{longer(key)}"]
    names = {}
    for key in keys:
        names[key] = next((name(key) for name in tries if sum(name(key) == name(other) for other in keys) == 1), None)
    for key, name in names.items():
        if name is None or list(names.values()).count(name) > 1:
            raise SystemExit(f"{key}: no name of its own")
    return names


def read(document):
    reader = Reader(document)
    names = names_of(document["paths"])
    bodies = []
    for (path, method), name in names.items():
        op = document["paths"][path][method]
        at = "#/paths/" + path.replace("~", "~0").replace("/", "~1") + "/" + method
        content = op["responses"]["200"].get("content", {})
        for kind, suffix in ((JSON, "Response"), (EVENTS, "Event")):
            if "properties" in content.get(kind, {}).get("schema", {}):
                reader.named[f"{at}/responses/200/content/{kind.replace('/', '~1')}/schema"] = camel(name) + suffix
        bodies.append((path, method, name, op, content))
    operations = []
    for path, method, name, op, content in bodies:
        parameters = op.get("parameters", [])
        made = Operation(name, method.upper(), path, op["summary"], [p["name"] for p in parameters if p["in"] == "path"])
        made.once = any(p["name"] == "Idempotency-Key" for p in parameters)
        query = {p["name"]: p["schema"] for p in parameters if p["in"] == "query"}
        if query:
            needed = [p["name"] for p in parameters if p["in"] == "query" and p["required"]]
            made.query = reader.record({"properties": query, "required": needed}, camel(name) + "Query")
        if "requestBody" in op:
            made.request = reader.record(op["requestBody"]["content"][JSON]["schema"], camel(name) + "Request")
        if JSON in content:
            made.answer = reader.type_of(content[JSON]["schema"], camel(name) + "Response")
        if EVENTS in content:
            made.event = reader.type_of(content[EVENTS]["schema"], camel(name) + "Event")
            made.answers_whole = JSON in content
        operations.append(made)
    return Api(document["info"]["version"], operations, list(reader.records.values()))
