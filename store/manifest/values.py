"""Types of the manifest's values, and the model that its objects share."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")


def to_tuple(value: object) -> object:
    """Return a list as a tuple; nothing but a list is a list in JSON.

    raises  ValueError  the value is no list
    """
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(value)


# Descriptions are what an error message says was expected, see `validation.describe`.
Items = Annotated[tuple[T, ...], BeforeValidator(to_tuple)]
# No other reader of JSON accepts NaN or an infinity.
Number = Annotated[float, Field(allow_inf_nan=False)]
# Colours become part of a page, and a manifest may come from an untrusted source.
Colour = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$", description="a colour #rrggbb")]
Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|\+00:00)$",
        description="a time in UTC, YYYY-MM-DDThh:mm:ssZ",
    ),
]
Digest = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$", description="a SHA-256 digest in hexadecimal")
]
# Gates become names of columns.
Gate = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9_]{0,31}$",
        description="a name of lower-case letters, digits and _",
    ),
]
State = Literal["h", "c"]
StateKey = Annotated[str, Field(pattern="^[hc]$", description="h or c")]
Split = Literal["train", "validation", "test"]


class Entry(BaseModel):
    """An object of the manifest: immutable, no value converted to another type."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")
