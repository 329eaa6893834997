"""Figures and their table. A figure stands beside a baseline that was measured in the same run."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`wanted` is the aim in words; `met` says whether it was reached (None: there is no aim)."""

    name: str
    database: str
    value: str
    baseline: str = ""
    wanted: str = ""
    met: bool | None = None


WIDTHS = (38, 9, 30, 42, 24)


def line(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)).rstrip()


def show(figure: Figure) -> None:
    """Print a figure as soon as it is known."""
    mark = {True: "  met", False: "  NOT MET", None: ""}[figure.met]
    print(line(figure.name, figure.database, figure.value, figure.baseline, figure.wanted) + mark, flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def memory_mb() -> float:
    """What this process holds in memory now."""
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = next(row.split()[1] for row in status.read_text().splitlines() if row.startswith("VmRSS"))
        return int(kilobytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def times(work: Callable[[], Awaitable[object]], n: int) -> list[float]:
    return [await timed(work) for _ in range(n)]


def isolated(work: Awaitable[list[Figure]]) -> list[Figure]:
    """Run a part in an event loop of its own."""

    async def run() -> list[Figure]:
        return await work

    return asyncio.run(run())
