"""Keys of the manifest, read off its models."""

from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel

from stateline.store.manifest.models import Manifest


def keys(annotation: object = Manifest, path: tuple = ()) -> list[tuple]:
    """Return the path to every key that a model names; lists are entered at their first item."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return keys(arguments[0], (*path, 0))
    if origin in (Annotated, Union, UnionType):
        return keys(arguments[0], path)
    found = []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            key = (*path, field.alias or name)
            found += [key, *keys(field.annotation, key)]
    return found
