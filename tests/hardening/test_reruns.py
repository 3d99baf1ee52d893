"""The same bytes whatever surrounds a run, and no network at all."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests import tiny
from tests.hardening.test_documents import ESTIMATION, SOLVE
from tests.night import NIGHT

AROUND = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC", "umask": 0o022, "workers": "1"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "ko_KR.UTF-8", "TZ": "Asia/Seoul", "umask": 0o077, "workers": "2"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "America/Los_Angeles", "umask": 0, "workers": "2"},
    {"PYTHONHASHSEED": "3", "LC_ALL": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati", "umask": 0o027, "workers": "1"},
]  # fmt: skip
SCRIPT = """
    import sys
    from pathlib import Path
    import exposure as ex
    from exposure.facts.build import build
    from exposure.reports.build import rebuild
    from exposure.reports.solve_files import write_solve
    from exposure.reports.estimate_files import write_estimate

    if __name__ == "__main__":
        root, out, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
        build(root)
        world = ex.load(root)
        ex.report(ex.run(world, "tariff", draws=20), out / "report")
        rebuild(out / "report", out / "brief", "brief", "ko")
        table = ex.sweep(world, "grid", out / "sweep", workers=workers, chunk=2)
        ex.report(table, out / "of-sweep")
        write_solve(ex.solve(world, root / "turn.yaml"), out / "solve")
        write_estimate(ex.estimate(root / "pass.yaml", world), out / "estimate")
        ex.panel(world, "2025-12-05").frame().to_parquet(out / "panel.parquet")
        print(ex.rate(world, "8703.23.01", "KOR", "2025-12-05").table["total"][0])
        found = ex.verify(out / "report", world)
        assert found.ok, found.mismatches[:3]
"""
FORBIDDEN = '''
    """Whoever reaches for the network fails."""
    import socket

    Real = socket.socket

    class Refused(Real):
        def __init__(self, family=-1, *rest, **more):
            # Processes of one machine speak over sockets without a network.
            if family != socket.AF_UNIX:
                raise AssertionError("a socket is opened")
            super().__init__(family, *rest, **more)

    def refuse(*_, **__):
        raise AssertionError("a name is looked up")

    socket.socket = Refused
    socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
'''


def prepare(folder):
    root = tiny.write(folder / "data")
    rows = [f"o{o},2025-{m:02d},{0.25 * (o % 2) * (m > 3)},{10 + o - 0.1 * (o % 2) * (m > 3) + (o * m) % 3 / 100},1"
            for o in range(6) for m in range(1, 7)]  # fmt: skip
    (root / "table.csv").write_text(
        "origin,month,rate,price,kept\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    (root / "turn.yaml").write_text(textwrap.dedent(SOLVE), encoding="utf-8")
    text = textwrap.dedent(ESTIMATION).replace("[1, yes]", "[1]")
    (root / "pass.yaml").write_text(text, encoding="utf-8")
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    (folder / "barred").mkdir()
    (folder / "barred" / "sitecustomize.py").write_text(
        textwrap.dedent(FORBIDDEN), encoding="utf-8"
    )
    return root


def run(folder, around):
    """Make everything in a process of its own; digests by name."""
    root = prepare(folder)
    out = folder / "out"
    out.mkdir()
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {name: around[name] for name in ("PYTHONHASHSEED", "LC_ALL", "TZ")}
    here = os.pathsep.join(filter(None, [str(folder / "barred"), str(Path(__file__).parents[2])]))
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [here, os.environ.get("PYTHONPATH", "")])
    )
    done = subprocess.run(
        [sys.executable, str(folder / "script.py"), str(root), str(out), around["workers"]],
        env=environment, cwd=folder, capture_output=True, umask=around["umask"], timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert not done.stderr, done.stderr.decode()
    made = [*out.rglob("*"), *(root / "processed").rglob("*")]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(made)
        if path.is_file()
    }


def test_every_surrounding_gives_the_same_bytes_without_a_network(tmp_path):
    made = []
    for number, around in enumerate(AROUND if NIGHT else AROUND[:2]):
        folder = tmp_path / f"place-{number}"
        folder.mkdir()
        made.append(run(folder, around))
    first, *others = made
    assert {"out/report/report.html", "out/report/report.pdf", "out/report/manifest.json", "out/panel.parquet",
            "out/sweep/chunks/part-00002.parquet", "out/of-sweep/report.pdf", "out/solve/curve.svg",
            "out/estimate/plot.png", "data/processed/MANIFEST.json"} <= set(first)  # fmt: skip
    for number, other in enumerate(others, start=1):
        assert set(other) == set(first)
        differ = sorted(name for name in first if other[name] != first[name])
        assert differ == [], AROUND[number]


@pytest.mark.parametrize("work", ["socket.socket()", "socket.create_connection(('x', 1))",
                                  "__import__('urllib.request').request.urlopen('https://x.example')"])  # fmt: skip
def test_the_bar_holds(tmp_path, work):
    prepare(tmp_path)
    script = f"import socket; {work}"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "barred")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, timeout=60
    )
    assert done.returncode != 0
    assert b"a socket is opened" in done.stderr or b"a name is looked up" in done.stderr
