"""`python -m flows.serve`: offer every flow on its schedule, and run what is due, each run in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.settings import ScheduleSettings, load_settings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.deployments.runner import RunnerDeployment
    from prefect.flows import Flow

SCHEDULED = "scheduled"
BY_HAND = "by-hand"
POLL_SECONDS = 2.0
RUNS_AT_ONCE = 4
"""Runs of different flows; of one deployment only one runs at a time."""

# Flows that follow one another start one after another within the interval, so that each finds what the one before brought.
_OFFSETS = {"collect": 0.0, "ingest": 0.25, "detect": 0.5, "draft": 0.75, "maintain": 0.5}
_ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Serve until told to stop."""
    from prefect.exceptions import TerminationSignal

    with contextlib.suppress(KeyboardInterrupt, TerminationSignal):
        asyncio.run(serve(load_settings().schedule))


async def serve(schedule: ScheduleSettings) -> None:
    """Register the deployments, order one pass at once, and run what falls due.

    Schedules are left as they are when this process stops: no run can fall due while the server is down with it.
    """
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    runner = Runner(name="yushao", limit=RUNS_AT_ONCE, query_seconds=POLL_SECONDS, pause_on_shutdown=False)
    async with get_client() as client:
        await end_orphaned_runs(client)
        stopped = await stopped_by_operator(client)
        for deployment in [each async for each in deployments(schedule, stopped)]:
            await runner.aadd_deployment(deployment)
        await order_first_pass(client)
    await runner.start()


@dataclass(frozen=True, slots=True)
class Stopped:
    """What an operator stopped in the Prefect UI, as `flow/deployment` names: whole deployments, and their schedules only."""

    deployments: frozenset[str] = frozenset()
    schedules: frozenset[str] = frozenset()


async def deployments(schedule: ScheduleSettings, stopped: Stopped = Stopped()) -> AsyncIterator[RunnerDeployment]:
    """Every flow as the Prefect UI offers it: on its schedule; and, where it takes a moment, by hand for back-fills.

    A scheduled run that falls due while the one before still runs is cancelled: the next one finds its work. A run by hand
    waits for its turn. What an operator stopped stays so.
    """
    from prefect.schedules import Interval

    from flows.collect import collect
    from flows.detect import detect
    from flows.draft import draft
    from flows.ingest import ingest
    from flows.maintain import maintain
    from flows.monitor import monitor

    flows: tuple[Flow[..., Any], ...] = (collect, ingest, detect, draft, maintain)
    for flow in flows:
        seconds = getattr(schedule, flow.name)
        times = Interval(
            timedelta(seconds=seconds),
            anchor_date=_ANCHOR + timedelta(seconds=seconds * _OFFSETS[flow.name]),
            active=f"{flow.name}/{SCHEDULED}" not in stopped.schedules,
        )
        yield await _deployment(flow, SCHEDULED, stopped, schedule=times)
    for flow in (monitor, detect):
        yield await _deployment(flow, BY_HAND, stopped)


async def stopped_by_operator(client: PrefectClient) -> Stopped:
    """What is stopped now; registering a deployment anew would start it again."""
    flows = {flow.id: flow.name for flow in await client.read_flows()}
    known = {f"{flows[each.flow_id]}/{each.name}": each for each in await client.read_deployments()}
    return Stopped(
        frozenset(name for name, each in known.items() if each.paused),
        frozenset(name for name, each in known.items() if any(not schedule.active for schedule in each.schedules)),
    )


async def end_orphaned_runs(client: PrefectClient) -> None:
    """Mark as crashed the runs that a server or runner killed earlier left as running; they would hold their turn for ever."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    alive = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=alive)))
    for run in found:
        await client.set_flow_run_state(
            run.id, Crashed(message="its process was gone when Yushao was started again"), force=True
        )


async def order_first_pass(client: PrefectClient) -> None:
    """Let one full pass run now, so that nobody waits for the first schedules to fall due."""
    deployment = await client.read_deployment_by_name(f"monitor/{BY_HAND}")
    await client.create_flow_run_from_deployment(deployment.id, name=f"start-{datetime.now(UTC):%Y%m%dT%H%M%S}")


async def _deployment(flow: Flow[..., Any], name: str, stopped: Stopped, **more: Any) -> RunnerDeployment:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.types.entrypoint import EntrypointType

    collision = ConcurrencyLimitStrategy.CANCEL_NEW if name == SCHEDULED else ConcurrencyLimitStrategy.ENQUEUE
    return await flow.ato_deployment(
        name,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=collision),
        paused=f"{flow.name}/{name}" in stopped.deployments,
        tags=["yushao"],
        entrypoint_type=EntrypointType.MODULE_PATH,
        **more,
    )


if __name__ == "__main__":
    main()
