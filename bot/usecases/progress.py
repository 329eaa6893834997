"""A message that shows how far long work is, to whoever started it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.work import Job
from bot.ports import NewDelivery, Tx


async def show_progress(tx: Tx, job: Job, now: datetime) -> None:
    """Owe the message, and store the job with it; the job's further steps have it shown anew."""
    report = NewDelivery(
        key=f"job/{job.id}/progress",
        kind=Kind.PROGRESS,
        address=job.address,
        due_at=now,
        state=DeliveryState.READY,
        not_before=now,
        cohort_id=job.cohort_id,
        person_id=job.actor_id,
        priority=Priority.ASKED,
        content={"job": job.id},
    )
    await tx.add_deliveries([report])
    await tx.save_job(replace(job, report=report.key))
