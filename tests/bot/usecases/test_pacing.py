"""A lane keeps to its platform's ceiling."""

from __future__ import annotations

from bot.model.people import Address
from bot.ports import Pacing
from bot.usecases.pacing import KEEP, Pacer

BEN, ZOE = Address("fake", "w1", "U-ben"), Address("fake", "w1", "U-zoe")


def test_calls_of_a_lane_are_spaced_evenly() -> None:
    """Four a second means a quarter of a second between any two, and none to wait after a rest."""
    pacer = Pacer(Pacing(4.0, 0.0, 8))
    assert [pacer.wait(BEN, 10.0) for _ in range(4)] == [0.0, 0.25, 0.5, 0.75]
    assert pacer.wait(BEN, 20.0) == 0.0


def test_one_address_waits_its_own_distance_and_nobody_waits_for_it() -> None:
    """A second message to the same channel waits a second; one to somebody else does not."""
    pacer = Pacer(Pacing(100.0, 1.0, 8))
    assert pacer.wait(BEN, 0.0) == 0.0
    assert pacer.wait(BEN, 0.0) == 1.0
    assert pacer.wait(ZOE, 0.0) <= 0.02


def test_memory_stays_flat() -> None:
    """Addresses whose distance is over are forgotten."""
    pacer = Pacer(Pacing(1e9, 1.0, 8))
    for n in range(KEEP * 3):
        pacer.wait(Address("fake", "w1", f"U-{n}"), float(n))
    assert len(pacer.addresses) <= KEEP + 1
