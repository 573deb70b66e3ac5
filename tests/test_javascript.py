"""The browser's scripts: node's test runner imports them, and a linter reads all of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is missing; CI must run the JavaScript tests (apt install nodejs)")
        pytest.skip("JavaScript tests left out: they need node (apt install nodejs)")
    done = subprocess.run([node, "--test", "tests/js/"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout


MISTAKEN = """export function mistaken() {
  let kept = 1;
  const unused = 2;
  if (kept == 3) misspelt();
}
"""


def lint(*paths: object) -> subprocess.CompletedProcess:
    """Return the messages of `make lint`'s linter about scripts."""
    linter = Path(sys.executable).with_name("oxlint")
    command = [linter, "--config", ".oxlintrc.json", "--deny-warnings", *map(str, paths)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_linter_refuses_unused_and_undeclared_names(tmp_path: Path) -> None:
    script = tmp_path / "mistaken.js"
    script.write_text(MISTAKEN)
    done = lint(script)
    assert done.returncode == 1
    for rule in ("no-undef", "no-unused-vars", "eqeqeq", "prefer-const"):
        assert f"eslint({rule})" in done.stdout


def test_the_linter_knows_what_a_page_s_script_may_use() -> None:
    assert lint("app/assets/client/lib/theme.js", "app/assets/client/lib/data.js").returncode == 0


CLIENT = ROOT / "app" / "assets" / "client"


def test_every_module_is_checked_for_types() -> None:
    modules = sorted(CLIENT.rglob("*.js"))
    assert modules
    assert [path for path in modules if not path.read_text().startswith("// @ts-check\n")] == []


def test_the_linter_refuses_a_view_that_imports_another(tmp_path: Path) -> None:
    views = tmp_path / "app" / "assets" / "client" / "pages" / "explore" / "views"
    views.mkdir(parents=True)
    (views / "one.js").write_text('import "./two.js";\n')
    (views / "two.js").write_text("export const two = 2;\n")
    shutil.copy(ROOT / ".oxlintrc.json", tmp_path)
    linter = Path(sys.executable).with_name("oxlint")
    command = [linter, "--config", ".oxlintrc.json", "app"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "no-restricted-imports" in done.stdout


def test_the_linter_refuses_circles_of_imports(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text('import { two } from "./two.js";\nexport const one = two;\n')
    (tmp_path / "two.js").write_text('import { one } from "./one.js";\nexport const two = one;\n')
    done = lint(tmp_path)
    assert done.returncode == 1 and "import(no-cycle)" in done.stdout
