"""Sweeps in processes of their own: killed and resumed, watched for orphans, and on Dask."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import psutil
import pytest

import exposure as ex
from tests import tiny

BIG = """
    id: big
    title: Big
    scenario: tariff
    dimensions:
      - {{action: us-cars, clause: usmca, range: {{from: 0, to: 1, steps: {rates}}}}}
      - {{parameter: pass_through, range: {{from: 0, to: 1, steps: {passed}}}}}
"""
SCRIPT = """
    import sys
    import exposure as ex

    if __name__ == "__main__":
        root, out, chunk, scheduler, resume = sys.argv[1:]
        ex.sweep(ex.load(root), "big", out, workers=2, chunk=int(chunk), scheduler=scheduler,
                 resume=resume == "resume")
"""
KILLS = int(os.environ.get("EXPOSURE_KILLS", "4"))
"""More of them take longer and are for those who change how chunks are written."""
PATIENCE_SECONDS = 60.0


def prepare(root, rates, passed):
    tiny.write(root)
    text = textwrap.dedent(BIG.format(rates=rates, passed=passed))
    (root / "raw" / "sweeps" / "big.yaml").write_text(text, encoding="utf-8")
    script = root / "script.py"
    script.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    ex.load(root)
    return script


def start(script, out, chunk, scheduler="", resume="resume", group=True):
    command = [sys.executable, str(script), str(script.parent), str(out), str(chunk), scheduler]
    return subprocess.Popen(
        [*command, resume],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=group,
    )  # fmt: skip


def finish(process):
    _, error = process.communicate(timeout=300)
    assert process.returncode == 0, error.decode()[-2000:]


def until(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_killed_at_any_moment_and_resumed_it_is_the_same(tmp_path):
    script = prepare(tmp_path / "data", 500, 400)
    chunk = 500
    finish(start(script, tmp_path / "whole", chunk))
    wanted = digests(tmp_path / "whole")
    assert len(wanted) == 400 + 3
    out = tmp_path / "killed"
    random = np.random.default_rng(7)
    seen = []
    for _ in range(KILLS):
        process = start(script, out, chunk)
        until((out / "plan.json").is_file, "no sweep begins")
        held = len(list((out / "chunks").glob("part-*"))) if seen else 0
        # Until work goes on, then for a random while.
        until(
            lambda h=held, p=process: (
                len(list((out / "chunks").glob("part-*"))) > h or p.poll() is not None
            ),
            "no chunk is finished",
        )
        time.sleep(float(random.uniform(0, 0.04)))
        children = (
            psutil.Process(process.pid).children(recursive=True) if not process.poll() else []
        )
        process.send_signal(signal.SIGKILL)
        process.communicate()
        until(lambda kids=children: not any(alive(child) for child in kids), "orphans live on")
        for path in (out / "chunks").glob("part-*"):
            assert digests(out)[path.relative_to(out).as_posix()] == wanted[f"chunks/{path.name}"]
        seen.append(len(list((out / "chunks").glob("part-*"))))
    assert seen == sorted(seen)
    assert seen[0] < 400
    finish(start(script, out, chunk))
    assert digests(out) == wanted


def alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers over TCP, and a function that kills one of them."""
    file = tmp_path / "scheduler.json"
    environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False"}
    made = []

    def launch(*words):
        log = (tmp_path / f"log-{len(made)}").open("w")
        made.append(
            subprocess.Popen(
                [sys.executable, "-m", *words], stdout=log, stderr=log, cwd=tmp_path,
                env=environment,
            )
        )  # fmt: skip
        log.close()
        return made[-1]

    here = ("--host", "127.0.0.1", "--no-dashboard")
    launch("distributed.cli.dask_scheduler", *here, "--port", "0", "--scheduler-file", str(file))
    until(file.is_file, "no scheduler")
    workers = [
        launch("distributed.cli.dask_worker", *here, "--scheduler-file", str(file), "--no-nanny",
               "--nthreads", "1", "--local-directory", str(tmp_path / f"worker-{number}"))
        for number in range(2)
    ]  # fmt: skip
    address = json_of(file)["address"]
    yield address, workers
    for process in made:
        process.kill()
        process.wait()


def json_of(path):
    import json

    return json.loads(path.read_text(encoding="utf-8"))


def test_dask_gives_the_same_bytes_and_loses_nothing_with_a_worker(tmp_path, cluster):
    address, workers = cluster
    assert address.startswith("tcp://")
    script = prepare(tmp_path / "data", 400, 400)
    finish(start(script, tmp_path / "whole", 2000))
    out = tmp_path / "dask"
    process = start(script, out, 2000, address)
    until(
        lambda: len(list((out / "chunks").glob("part-*"))) > 3 or process.poll() is not None,
        "no chunk is finished",
    )
    workers[0].send_signal(signal.SIGKILL)
    held = len(list((out / "chunks").glob("part-*")))
    finish(process)
    assert held < 80
    assert digests(out) == digests(tmp_path / "whole")


def test_a_scheduler_that_does_not_answer_is_one_line(tmp_path):
    script = prepare(tmp_path / "data", 4, 4)
    process = start(script, tmp_path / "out", 100, "tcp://127.0.0.1:9")
    _, error = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "no scheduler answers at tcp://127.0.0.1:9" in error.decode()
