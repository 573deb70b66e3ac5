"""The project's own files, for tests that read them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(suffixes: set[str], folders: tuple[str, ...]) -> list[Path]:
    """Return the project's own files with a suffix, no link and nothing vendored or built."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes
        and not {"vendor", "node_modules", "__pycache__"} & set(path.parts)
        and not path.is_relative_to(ROOT / "store" / "data")
        and not path.is_relative_to(ROOT / "stateline" / "app")
        and not path.is_relative_to(ROOT / "stateline" / "pipeline")
        and not path.is_relative_to(ROOT / "stateline" / "store")
    ]
