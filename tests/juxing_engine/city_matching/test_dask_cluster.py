"""A real scheduler and two real workers on loopback, as in production but for the distance."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from juxing_engine.city_matching import Cluster, match_city, workers
from juxing_engine.control import Control
from juxing_engine.instances.city import city_instance

SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler with two workers."""
    place = tmp_path_factory.mktemp("dask")
    file = place / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "ignore"}
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", *common]
    worker = [
        "worker",
        "--host",
        "127.0.0.1",
        "--nthreads",
        "1",
        "--no-nanny",
        "--local-directory",
        str(place),
        *common,
    ]
    with ExitStack() as stack, (place / "log").open("w") as log:
        for arguments in (scheduler, worker, worker):
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments], env=environment, cwd=place, stdout=log, stderr=log
            )
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
        yield _address(file)


def _address(file: Path) -> str:
    import json

    for _ in range(600):
        if file.exists() and file.stat().st_size:
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.1)
    raise TimeoutError("The scheduler did not start within 60 s.")


def test_a_cluster_gives_the_same_answer_as_this_process(scheduler: str) -> None:
    problem = city_instance(3_000, seed=3).problem

    here = match_city(problem, cluster=Cluster(workers=1), needs_per_zone=800)
    there = match_city(problem, cluster=Cluster(scheduler=scheduler), needs_per_zone=800)

    assert there.zones_solved == there.zones == 4
    assert there.matching.responder_of.tolist() == here.matching.responder_of.tolist()
    assert there.matching.prices.tolist() == here.matching.prices.tolist()
    assert there.matching.is_optimal


def test_a_cluster_is_left_when_cancelled(scheduler: str) -> None:
    problem = city_instance(1_000, seed=4).problem

    city = match_city(
        problem,
        cluster=Cluster(scheduler=scheduler),
        needs_per_zone=300,
        control=Control(is_cancelled=lambda: True),
    )

    assert city.zones_solved == 0
    assert city.matching.bound <= city.matching.objective


def test_nobody_at_the_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SCHEDULER_TIMEOUT", "1s")
    problem = city_instance(1_000, seed=4).problem

    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        match_city(problem, cluster=Cluster(scheduler="tcp://127.0.0.1:9"), needs_per_zone=300)
