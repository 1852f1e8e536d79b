"""The JSON Schemas of a program's files, made from the model, and the keys that the model knows at a place."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from palier.rulebook.benefits import Benefits
from palier.rulebook.commissions import Commissions
from palier.rulebook.dated import DAY_PATTERN, Dated, Entry
from palier.rulebook.model import Erratum, Program

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
PART_MODELS: Mapping[str, type[BaseModel]] = {"benefits": Benefits, "commissions": Commissions}
"""The parts of a program that have a file of their own, `<part>.yaml`."""


def program_schema() -> Schema:
    """The JSON Schema 2020-12 of `program.yaml`, read as JSON: days and decimals as YAML writes them."""
    made = Program.model_json_schema()
    for part in PART_MODELS:
        made["properties"].pop(part)
    return _finished(_referred(made), "program.yaml of a Palier program")


def part_schema(part: str) -> Schema:
    """The JSON Schema 2020-12 of `<part>.yaml`, a part of a program that has a file of its own."""
    return _finished(PART_MODELS[part].model_json_schema(), f"{part}.yaml of a Palier program")


def _referred(made: Schema) -> Schema:
    """The schema with only the definitions that something in it refers to."""
    definitions: Schema = made.pop("$defs", {})
    kept: Schema = {}
    pending = [made]
    while pending:
        said = json.dumps(pending.pop())
        found = {name for name in definitions if f'"#/$defs/{name}"' in said} - set(kept)
        kept |= {name: definitions[name] for name in found}
        pending += [definitions[name] for name in found]
    return {**made, "$defs": {name: each for name, each in definitions.items() if name in kept}}


def errata_schema() -> Schema:
    """The JSON Schema 2020-12 of `ERRATA.yaml`."""
    return _finished(TypeAdapter(dict[str, Erratum]).json_schema(), "ERRATA.yaml of a Palier program")


def known_keys(model: type[BaseModel], trail: Iterable[object]) -> tuple[str, ...]:
    """The keys that may stand beside the last one of a trail into a model.

    Args:
        model: where the trail starts.
        trail: field names, keys, positions and whatever pydantic puts between them.
    """
    *parents, _ = trail
    for part in parents:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = _model_in(field.annotation) or model
    return tuple(model.model_fields)


def near(name: str, known: Iterable[str]) -> str | None:
    """A question that names what was probably meant, or nothing."""
    found = difflib.get_close_matches(name, list(known), n=2, cutoff=0.7)
    return f"did you mean {' or '.join(found)}?" if found else None


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401  # any annotation
    """The model that an annotation holds: `dict[str, list[Edition]] | None` holds Edition."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Dated:
        return Entry
    for argument in get_args(annotation):
        if (found := _model_in(argument)) is not None:
            return found
    return None


def _finished(made: Schema, title: str) -> Schema:
    definitions: Schema = made.pop("$defs", {})
    names = {f"#/$defs/{name}": f"#/$defs/{_short(name, each)}" for name, each in definitions.items()}
    shorter = {_short(name, each): each for name, each in definitions.items()}
    finished: Schema = {
        "$schema": DIALECT,
        "title": title,
        **_walked(made, shorter, names),
        "$defs": {name: _walked(each, shorter, names) for name, each in sorted(shorter.items())},
    }
    if "Threshold" in finished["$defs"]:
        both = finished["$defs"]["Threshold"]
        once = {key: said for key, said in both["properties"]["reach"].items() if key != "description"}
        finished["$defs"]["Threshold"] = {"description": both.pop("description"), "anyOf": [once, both]}
    return finished


def _short(name: str, definition: Schema) -> str:
    """`Entry_integer_120` for the long name that pydantic makes of a generic entry's type."""
    if not name.startswith("Entry_"):
        return name
    value = _exact(definition["properties"]["value"])
    kinds = [value["type"]] if "type" in value else [each["type"] for each in value["anyOf"]]
    bounds = [str(value[bound]) for bound in ("exclusiveMinimum", "maximum") if bound in value]
    return "_".join(["Entry", *kinds, *bounds])


def _exact(node: Schema) -> Schema:
    """One `number` for pydantic's integer or number, one kind for a key that may be left out, bounds by their names."""
    if node.get("anyOf") == [{"type": "integer"}, {"type": "number"}]:
        node = {key: said for key, said in node.items() if key != "anyOf"} | {"type": "number"}
    kinds = node.get("anyOf", ())
    if len(kinds) == 2 and {"type": "null"} in kinds:  # noqa: PLR2004  # a key that may be left out, not written empty
        (kind,) = (each for each in kinds if each != {"type": "null"})
        node = {key: said for key, said in node.items() if key not in {"anyOf", "default"}} | kind
    if "gt" in node and isinstance(node["gt"], int | float):
        node = {key: said for key, said in node.items() if key != "gt"} | {"exclusiveMinimum": node["gt"]}
    return node


def _walked(node: Any, definitions: Schema, names: Mapping[str, str]) -> Any:  # noqa: ANN401  # any part of a schema
    """A copy with dated values by day, short names, and without the titles that pydantic makes of names."""
    if isinstance(node, list):
        return [_walked(each, definitions, names) for each in node]
    if not isinstance(node, dict):
        return names.get(node, node) if isinstance(node, str) else node
    walked: Schema = {
        key: {name: _walked(each, definitions, names) for name, each in child.items()}
        if key == "properties"
        else _walked(child, definitions, names)
        for key, child in _exact(node).items()
        if key != "title" and (key, child) != ("default", None)
    }
    entry = walked.get("additionalProperties")
    if isinstance(entry, dict) and str(entry.get("$ref", "")).startswith("#/$defs/Entry_"):
        name = entry["$ref"].removeprefix("#/$defs/")
        bare = _walked(definitions[name]["properties"]["value"], definitions, names)
        bare.pop("description")
        walked.pop("propertyNames", None)
        days = {DAY_PATTERN: {"anyOf": [bare, entry]}}
        walked |= {"minProperties": 1, "patternProperties": days, "additionalProperties": False}
    return walked
