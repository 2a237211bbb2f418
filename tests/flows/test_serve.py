"""What the Prefect UI offers: every flow on its schedule, back-fills by hand; what an operator stopped stays stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, FlowRun, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.states import Pending, Running, Scheduled

from core.clock import now
from core.settings import ScheduleSettings
from flows import serve
from flows.detect import detect

T = TypeVar("T")
SCHEDULE = ScheduleSettings(collect=300, ingest=60, detect=60, draft=60, maintain=86400)


def offered(made: Coroutine[Any, Any, list[RunnerDeployment]]) -> dict[str, RunnerDeployment]:
    return {each.full_name: each for each in asyncio.run(made)}


def on_server(work: Callable[[PrefectClient], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        async with get_client() as client:
            return await work(client)

    return asyncio.run(run())


def test_every_flow_is_scheduled_at_the_interval_that_the_settings_say() -> None:
    intervals = {
        name: deployment.schedules[0].schedule.interval  # type: ignore[index, union-attr]
        for name, deployment in offered(serve.scheduled(SCHEDULE)).items()
    }
    assert intervals == {f"{name}/scheduled": timedelta(seconds=seconds) for name, seconds in SCHEDULE.model_dump().items()}


def test_runs_on_schedule_do_not_pile_up_and_runs_by_hand_wait() -> None:
    for name, deployment in (offered(serve.scheduled(SCHEDULE)) | offered(serve.by_hand())).items():
        by_hand = name.endswith("/by-hand")
        assert deployment.concurrency_limit == 1
        assert deployment.concurrency_options is not None
        expected = ConcurrencyLimitStrategy.ENQUEUE if by_hand else ConcurrencyLimitStrategy.CANCEL_NEW
        assert deployment.concurrency_options.collision_strategy == expected


def test_flows_that_follow_one_another_do_not_start_together() -> None:
    anchors = {
        deployment.schedules[0].schedule.anchor_date  # type: ignore[index, union-attr]
        for name, deployment in offered(serve.scheduled(ScheduleSettings(collect=60, ingest=60, detect=60, draft=60))).items()
        if not name.startswith(("maintain", "learn"))
    }
    assert len(anchors) == 4


def test_a_flow_is_found_from_any_folder() -> None:
    assert {deployment.entrypoint for deployment in offered(serve.by_hand()).values()} == {
        "flows.monitor.monitor",
        "flows.detect.detect",
    }


@pytest.mark.prefect
def test_what_an_operator_stopped_stays_stopped(prefect_server: str) -> None:
    async def stop_and_serve_again(client: PrefectClient) -> serve.Stopped:
        for deployment in await serve.scheduled(SCHEDULE):
            await deployment.aapply()
        draft = await client.read_deployment_by_name("draft/scheduled")
        await client.pause_deployment(draft.id)
        maintain = await client.read_deployment_by_name("maintain/scheduled")
        await client.update_deployment_schedule(maintain.id, maintain.schedules[0].id, active=False)
        for deployment in await serve.scheduled(SCHEDULE, await serve.stopped_by_operator(client)):
            await deployment.aapply()
        return await serve.stopped_by_operator(client)

    stopped = on_server(stop_and_serve_again)
    assert stopped == serve.Stopped(frozenset({"draft/scheduled"}), frozenset({"maintain/scheduled"}))


@pytest.mark.prefect
def test_runs_that_a_killed_process_left_are_ended_and_give_their_turn_back(prefect_server: str) -> None:
    async def leave_and_start(client: PrefectClient) -> tuple[FlowRun, FlowRun]:
        await (await serve.by_hand())[1].aapply()
        deployment = await client.read_deployment_by_name("detect/by-hand")
        left = await client.create_flow_run_from_deployment(deployment.id)
        await client.set_flow_run_state(left.id, Pending())
        await client.set_flow_run_state(left.id, Running())
        await serve.end_orphaned_runs(client)
        following = await client.create_flow_run_from_deployment(deployment.id)
        await client.set_flow_run_state(following.id, Pending())
        return await client.read_flow_run(left.id), await client.read_flow_run(following.id)

    left, following = on_server(leave_and_start)
    assert left.state_type == StateType.CRASHED
    assert following.state_type == StateType.PENDING


@pytest.mark.prefect
def test_a_run_ordered_by_hand_for_later_outlives_a_restart(prefect_server: str) -> None:
    async def order_and_start(client: PrefectClient) -> FlowRun:
        ordered = await client.create_flow_run(detect, state=Scheduled(scheduled_time=now() - timedelta(minutes=1)))
        await serve.end_orphaned_runs(client)
        return await client.read_flow_run(ordered.id)

    assert on_server(order_and_start).state_type == StateType.SCHEDULED
