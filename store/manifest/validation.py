"""Validation of a manifest: the first fault as key, expected and got, in one line."""

from collections.abc import Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from stateline.store.errors import StatelineError, rebuild
from stateline.store.manifest.bounds import first_excess, written_path
from stateline.store.manifest.consistency import find_inconsistency
from stateline.store.manifest.models import Manifest, ManifestDraft
from stateline.store.schema import RUN_NAME, SCHEMA_VERSION

TYPE_NAMES = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    NoneType: "null",
    tuple: "a list",
    list: "a list",
}
Kind = TypeVar("Kind", bound=ManifestDraft)


def validate_manifest(content: object, where: object) -> Manifest:
    """Validate the manifest of a written run.

    content  as json.loads gives it
    where    the file, for the message
    raises   StatelineError  a key is missing, of another type, or at odds with another
    """
    return _validate(Manifest, content, where)


def validate_draft(content: object, where: object) -> ManifestDraft:
    """Validate a manifest whose tables are still to be written; see `validate_manifest`.

    raises  StatelineError  a key is missing, of another type, or at odds with another
    """
    return _validate(ManifestDraft, content, where)


def check_version(content: object, where: object) -> None:
    """Refuse a manifest of another schema version, whose keys may be others.

    content  as json.loads gives it
    where    the file, for the message
    raises   StatelineError  it is of another version
    """
    version = content.get("schema_version") if isinstance(content, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise StatelineError(
            where,
            "written in another schema version",
            expected=SCHEMA_VERSION,
            got=version,
            fix="Bring it to this version, or see what it lacks: "
            f"stateline migrate {Path(str(where)).parent}"
            if version < SCHEMA_VERSION
            else "Open it with the release that wrote it.",
        )


def _validate(model: type[Kind], content: object, where: object) -> Kind:
    check_version(content, where)
    excess = first_excess(content)
    if excess is not None:
        key, expected, got = excess
        raise StatelineError(where, f"key {key}", expected=expected, got=got, fix=fix(content))
    try:
        manifest = model.model_validate(content)
    except ValidationError as error:
        fault = first_fault(error, model)
    else:
        inconsistency = find_inconsistency(manifest)
        if inconsistency is None:
            return manifest
        fault = inconsistency
    key, expected, got = fault
    raise StatelineError(
        where, f"key {key or 'of the whole'}", expected=expected, got=got, fix=fix(content)
    )


def fix(content: object) -> str | None:
    """Return the command that rebuilds a run with a bad manifest; None where it names no run."""
    run = content.get("run") if isinstance(content, dict) else None
    return rebuild(run) if isinstance(run, str) and RUN_NAME.fullmatch(run) else None


def first_fault(error: ValidationError, model: type[BaseModel]) -> tuple[str, str, str]:
    """Return key, expected and got of the first of pydantic's errors.

    The words come from the annotations: pydantic's own messages do not say what a missing key
    should have been, nor that null would have done too.
    """
    fault = error.errors(include_url=False)[0]
    path, value = fault["loc"], fault["input"]
    if path and path[-1] == "[key]":
        annotation = _inside(_annotation_at(model, path[:-2]), None)
        return written_path(path[:-2]), f"keys {describe(annotation)}", repr(value)[:40]
    container = isinstance(value, dict | list | tuple)
    got = describe(type(value)) if container else repr(value)[:40]
    if fault["type"] == "missing":
        got = "nothing"
    return written_path(path), describe(_annotation_at(model, path)), got


def describe(annotation: Any) -> str:
    """Return what a type annotation accepts, in the words of an error message."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *metadata = get_args(annotation)
        fields = (each for each in metadata if isinstance(each, FieldInfo))
        return next((each.description for each in fields if each.description), describe(base))
    if origin in (Union, UnionType):
        return " or ".join(map(describe, get_args(annotation)))
    if origin is Literal:
        return " or ".join(get_args(annotation))
    return TYPE_NAMES.get(origin or annotation, "an object")


def _annotation_at(model: type[BaseModel], path: Sequence[int | str]) -> Any:
    """Return the annotation of the value at a path, aliases and list indices included."""
    annotation: Any = model
    for part in path:
        annotation = _inside(annotation, part)
    return annotation


def _inside(annotation: Any, part: int | str | None) -> Any:
    """Return the annotation of one part of a value; None: of the keys of a mapping."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inside(arguments[0], part)
    if origin in (Union, UnionType):
        return _inside(next(each for each in arguments if each is not NoneType), part)
    if origin is tuple:
        return arguments[0]
    if origin is not None:
        return arguments[0 if part is None else 1]
    fields = annotation.model_fields.items()
    name = next(name for name, field in fields if part in (name, field.alias))
    return get_type_hints(annotation, include_extras=True)[name]
