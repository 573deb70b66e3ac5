"""Types of the manifest's values, and the model that its objects share."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")
MAX_NAME = 1_000


def to_tuple(value: object) -> object:
    """Return a list as a tuple; nothing but a list is a list in JSON.

    raises  ValueError  the value is no list
    """
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(value)


def to_instant(text: str) -> str:
    """Return a time as it is written.

    raises  ValueError  there is no such day or hour
    """
    datetime.fromisoformat(text)
    return text


# Descriptions are what an error message says was expected, see `validation.describe`.
Items = Annotated[tuple[T, ...], BeforeValidator(to_tuple)]
# No other reader of JSON accepts NaN or an infinity.
Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, description="a whole number from 0")]
# Names stand in tables, legends and menus, which a page of text would fill.
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME,
        description=f"a name of 1 to {MAX_NAME:,} characters",
    ),
]
# Colours become part of a page, and a manifest may come from an untrusted source.
Colour = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$", description="a colour #rrggbb")]
Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|\+00:00)$",
        description="a time in UTC, YYYY-MM-DDThh:mm:ssZ",
    ),
    AfterValidator(to_instant),
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
