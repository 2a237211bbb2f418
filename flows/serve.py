"""`python -m flows.serve`: offer every flow on its schedule, and run what is due, each run in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, FlowRun, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import TerminationSignal
from prefect.flows import Flow
from prefect.runner import Runner
from prefect.schedules import Interval, Schedule
from prefect.states import Cancelled, Crashed
from prefect.types.entrypoint import EntrypointType

from core.clock import now
from core.errors import UnavailableError
from core.settings import ScheduleSettings, load_settings
from flows.collect import collect
from flows.detect import detect
from flows.draft import draft
from flows.ingest import ingest
from flows.learn import learn
from flows.maintain import maintain
from flows.monitor import monitor

SCHEDULED = "scheduled"
BY_HAND = "by-hand"
POLL_SECONDS = 2.0
SERVER_SECONDS = 120.0
FIRST_PASS_SECONDS = 300.0
RUNS_AT_ONCE = 4
"""Runs of different flows; of one deployment only one runs at a time."""

# Flows that follow one another start one after another within the interval, so that each finds what the one before brought.
_OFFSETS = {"collect": 0.0, "ingest": 0.25, "detect": 0.5, "draft": 0.75, "maintain": 0.5, "learn": 0.5}
_ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Serve until told to stop."""
    with contextlib.suppress(KeyboardInterrupt, TerminationSignal):
        asyncio.run(serve(load_settings().schedule))


async def serve(schedule: ScheduleSettings) -> None:
    """Run one pass at once, so that nobody waits for the first schedules to fall due; then offer every flow on its schedule.

    Schedules are left as they are when this process stops: no run can fall due while the server is down with it.
    """
    runner = Runner(name="yushao", limit=RUNS_AT_ONCE, query_seconds=POLL_SECONDS, pause_on_shutdown=False)
    async with get_client() as client, asyncio.TaskGroup() as together:
        await until_answering(client)
        await end_orphaned_runs(client)
        stopped = await stopped_by_operator(client)
        for deployment in await by_hand(stopped):
            await runner.aadd_deployment(deployment)
        first = await order_first_pass(client)
        together.create_task(runner.start())
        await until_over(client, first)
        for deployment in await scheduled(schedule, stopped):
            await runner.aadd_deployment(deployment)


async def until_answering(client: PrefectClient) -> None:
    """Wait for the server, which may still be starting; raises UnavailableError after two minutes."""
    deadline = time.monotonic() + SERVER_SECONDS
    while problem := await client.api_healthcheck():
        if time.monotonic() > deadline:
            raise UnavailableError(
                zh=f"Prefect 服务 {client.api_url} 没有应答（{problem}）：请检查 prefect.host 与 prefect.port",
                en=f"the Prefect server {client.api_url} does not answer ({problem}): check prefect.host and prefect.port",
            )
        await asyncio.sleep(0.3)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What an operator stopped in the Prefect UI, as `flow/deployment` names: whole deployments, and their schedules only."""

    deployments: frozenset[str] = frozenset()
    schedules: frozenset[str] = frozenset()


async def by_hand(stopped: Stopped = Stopped()) -> list[RunnerDeployment]:
    """The flows that take a moment, for back-fills by hand; such a run waits where another is not over yet."""
    return [await _deployment(flow, BY_HAND, stopped) for flow in (monitor, detect)]


async def scheduled(schedule: ScheduleSettings, stopped: Stopped = Stopped()) -> list[RunnerDeployment]:
    """The flows on their schedules; a run that falls due while the one before is not over is cancelled, for the next one
    finds its work. What an operator stopped stays so.
    """
    flows: tuple[Flow[..., Any], ...] = (collect, ingest, detect, draft, maintain, learn)
    return [await _deployment(flow, SCHEDULED, stopped, schedule=_times(flow.name, schedule, stopped)) for flow in flows]


async def stopped_by_operator(client: PrefectClient) -> Stopped:
    """What is stopped now; registering a deployment anew would start it again."""
    flows = {flow.id: flow.name for flow in await client.read_flows()}
    known = {f"{flows[each.flow_id]}/{each.name}": each for each in await client.read_deployments()}
    return Stopped(
        frozenset(name for name, each in known.items() if each.paused),
        frozenset(name for name, each in known.items() if any(not schedule.active for schedule in each.schedules)),
    )


async def end_orphaned_runs(client: PrefectClient) -> None:
    """End the runs that an earlier start left: those whose process was killed would hold their turn for ever, and those that
    fell due while everything was stopped have nothing left to do.
    """
    for run in await _runs(client, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING):
        await client.set_flow_run_state(run.id, Crashed(message="its process was gone when Yushao was started"), force=True)
    for run in await _runs(client, StateType.SCHEDULED):
        if run.auto_scheduled and run.expected_start_time and run.expected_start_time < now():
            await client.set_flow_run_state(run.id, Cancelled(message="it fell due while Yushao was stopped"), force=True)


async def order_first_pass(client: PrefectClient) -> UUID:
    """Let one full pass run now; its run."""
    deployment = await client.read_deployment_by_name(f"monitor/{BY_HAND}")
    run = await client.create_flow_run_from_deployment(deployment.id, name=f"start-{now():%Y%m%dT%H%M%S}")
    return run.id


async def until_over(client: PrefectClient, run: UUID) -> None:
    """Wait until the run is over, however it ended, or for five minutes."""
    deadline = time.monotonic() + FIRST_PASS_SECONDS
    while time.monotonic() < deadline:
        state = (await client.read_flow_run(run)).state
        if state and state.is_final():
            return
        await asyncio.sleep(1)


def _times(flow: str, schedule: ScheduleSettings, stopped: Stopped) -> Schedule:
    interval = timedelta(seconds=getattr(schedule, flow))
    is_active = f"{flow}/{SCHEDULED}" not in stopped.schedules
    return Interval(interval, anchor_date=_ANCHOR + interval * _OFFSETS[flow], active=is_active)


async def _deployment(flow: Flow[..., Any], name: str, stopped: Stopped, **more: Any) -> RunnerDeployment:
    collision = ConcurrencyLimitStrategy.CANCEL_NEW if name == SCHEDULED else ConcurrencyLimitStrategy.ENQUEUE
    return await flow.ato_deployment(
        name,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=collision),
        paused=f"{flow.name}/{name}" in stopped.deployments,
        tags=["yushao"],
        entrypoint_type=EntrypointType.MODULE_PATH,
        **more,
    )


async def _runs(client: PrefectClient, *states: StateType) -> list[FlowRun]:
    chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))))
    return await client.read_flow_runs(flow_run_filter=chosen)


if __name__ == "__main__":
    main()
