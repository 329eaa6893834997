"""Certificates per second: drawn, signed, with the code and the record inside; and what memory that takes."""

from __future__ import annotations

import asyncio
import time

from adapters.certificates.printing import CertificatePrinter
from tests.adapters.certificates.stage import ISSUER, a_certificate, ring
from tests.bench.figures import Figure, memory_mb


def certificates(scale: float) -> list[Figure]:
    """A batch of a cohort, as it is made for people."""
    count = max(10, int(200 * scale))

    async def batch() -> float:
        printer = CertificatePrinter(ring(), ISSUER)
        await printer.certificate(a_certificate())
        begun = time.perf_counter()
        await asyncio.gather(*(printer.certificate(a_certificate(name=f"Person {n}")) for n in range(count)))
        took = time.perf_counter() - begun
        printer.close()
        return count / took

    rate = asyncio.run(batch())
    return [Figure("certificates", "", f"{rate:.0f} per second", f"{memory_mb():.0f} MB", "20 per second", rate >= 20)]
