"""Licence, citation and changelog agree with the package."""

import re
import tomllib

from tests.docs.project_files import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_licence_is_the_packages() -> None:
    assert read("LICENSE").startswith(f"{PROJECT['license']} License")
    assert PROJECT["authors"][0]["name"] in read("LICENSE")
    assert f"license: {PROJECT['license']}\n" in read("CITATION.cff")


def test_the_citation_is_of_this_version_and_names_the_paper() -> None:
    citation = read("CITATION.cff")
    assert f"version: {PROJECT['version']}\n" in citation
    assert "doi: 10.1186/s42492-021-00090-0" in citation
    names = re.findall(r"family-names: (\w+)", citation)
    assert names == ["Garcia", "Munz", "Weiskopf"]


def test_the_changelog_begins_with_unreleased_and_knows_this_version() -> None:
    versions = re.findall(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == "Unreleased" and PROJECT["version"] in versions


def test_the_readme_stays_short() -> None:
    assert len(read("README.md").splitlines()) <= 100
