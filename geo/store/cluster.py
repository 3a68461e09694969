"""The embedded default: a private PostgreSQL cluster made from the distribution's PostGIS package.

It speaks through a Unix socket in a directory of mode 0700 and opens no port. One process owns it at a time;
others may use it while the owner lives. Pattern: DESIGN §3.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
import psycopg

from geo.errors import ClusterError, ClusterInUse

_RUN_AS = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "jit": "off",
    "random_page_cost": "1.1",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_connections": "60",
    "max_wal_size": "2GB",
    "timezone": "Asia/Tokyo",
    "log_min_error_statement": "panic",  # a failing statement may hold personal data: never into a log
    "log_min_messages": "warning",
    "log_parameter_max_length_on_error": "0",
}
# For throw-away test clusters only: a crash loses everything.
UNSAFE_BUT_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def default_home(environ: Mapping[str, str]) -> Path:
    """Where the cluster lives: `/var/lib/placefinder` as root (never under a 0700 home), else XDG data."""
    if chosen := environ.get("PLACEFINDER_HOME"):
        return Path(chosen)
    return Path("/var/lib/placefinder") if os.geteuid() == 0 else platformdirs.user_data_path("placefinder")


def _server_programs() -> Path:
    """The directory of initdb and postgres: the newest installed major, or whatever PATH has (macOS)."""
    majors = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    found = majors[-1] if majors else shutil.which("initdb")
    if not found:
        raise ClusterError("PostgreSQL is not installed. Run scripts/serve, which installs it, or set PLACEFINDER_DSN.")
    return Path(found).parent


class Cluster:
    """A private cluster below `home`; `settings` override the server's defaults.

    Raises ClusterInUse when another process owns it, ClusterError when the server cannot start or is of another major.
    """

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = home / "postgres"
        self.socket = home / "socket"
        self._home = home
        self._settings = _SETTINGS | dict(settings or {})
        self._server: subprocess.Popen[bytes] | None = None

    def dsn(self, user: str = "placefinder", database: str = "placefinder") -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.socket), user=user, dbname=database)

    @contextmanager
    def owned(self) -> Iterator["Cluster"]:
        """Run the server as long as the block runs. Raises ClusterInUse where another process owns it."""
        self._prepare_home()
        with (self._home / "owner.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise ClusterInUse(self._home, lock.read().strip()) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            try:
                self._start()
                yield self
            finally:
                self._stop()

    @contextmanager
    def reached(self, patience_s: float = 20) -> Iterator["Cluster"]:
        """Use the running server of another owner, or own it for the length of the block."""
        try:
            owner = self.owned()
            owner.__enter__()
        except ClusterInUse:
            self._wait_until_ready(patience_s)
            yield self
            return
        try:
            yield self
        finally:
            owner.__exit__(None, None, None)

    def _prepare_home(self) -> None:
        for folder, mode in ((self._home, 0o755), (self.socket, 0o700)):
            folder.mkdir(parents=True, exist_ok=True, mode=mode)
        if os.geteuid() == 0:
            shutil.chown(self._home, _RUN_AS, _RUN_AS)
            shutil.chown(self.socket, _RUN_AS, _RUN_AS)

    def _command(self, program: str, *arguments: str) -> list[str]:
        """The command line: as root through setpriv, because the server refuses uid 0 and must die with its owner."""
        command = [str(_server_programs() / program), *arguments]
        setpriv = shutil.which("setpriv")
        identity = ["--reuid", _RUN_AS, "--regid", _RUN_AS, "--init-groups"] if os.geteuid() == 0 else []
        return [setpriv, *identity, "--pdeathsig", "INT", *command] if setpriv else command

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(self._command(program, *arguments), cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClusterError(f"{program} failed: {done.stderr.strip()[-500:]}")

    def _check_major(self) -> None:
        made_with = (self.data / "PG_VERSION").read_text().strip()
        version = subprocess.run(
            [_server_programs() / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        installed = version.split()[2].split(".")[0]
        if made_with != installed:
            raise ClusterError(
                f"{self.data} was made by PostgreSQL {made_with}, but {installed} is installed. "
                f"Install postgresql-{made_with}-postgis-3 and move the data with pg_upgradecluster or pg_dump, "
                f"or set PLACEFINDER_HOME to an empty folder to start anew."
            )

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was killed half-way
            options = ("--locale=C.UTF-8", "--encoding=UTF8", "--username=placefinder", "--auth=trust")
            self._run("initdb", "-D", str(self.data), *options)
        self._check_major()
        self._end_orphans()
        flags = [f"--{name}={value}" for name, value in self._settings.items()]
        with (self._home / "postgres.log").open("ab") as log:
            self._server = subprocess.Popen(
                self._command("postgres", "-D", str(self.data), f"--unix_socket_directories={self.socket}", *flags),
                cwd="/",
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop it in order
            )
        self._wait_until_ready(60)
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'placefinder'").fetchone():
                connection.execute("CREATE DATABASE placefinder")

    def _end_orphans(self) -> None:
        """Stop what a killed owner or a killed server left: we hold the lock, so nobody else needs it.

        A server ends in order; one that does not, and backends that lost theirs and still compute, end at once. The next start
        repairs from the log. A process that ended and whom nobody buried (no init in a container) is none.
        """
        pid = self._last_server()
        if pid in self._processes():
            self._end([pid], signal.SIGINT, 30)
        if left := self._end(self._processes(), signal.SIGQUIT, 10):
            raise ClusterError(f"An earlier server (processes {left}) does not stop. End it, then try again.")
        if Path(
            f"/proc/{pid}"
        ).exists():  # not buried, or somebody else's number by now: postgres would take it for a server
            for lock in (self.data / "postmaster.pid", *self.socket.glob(".s.PGSQL.*.lock")):
                lock.unlink(missing_ok=True)

    def _last_server(self) -> int:
        """The number of the server that ran last and left its lock; 0 where none did."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().split()[0])
        return 0

    def _end(self, processes: Sequence[int], number: int, patience_s: float) -> list[int]:
        """Send a signal, wait, and give what serves our data even then."""
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while (left := self._processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def _processes(self) -> list[int]:
        """The living processes of a server on our data: each works in its folder."""
        return [int(one.name) for one in Path("/proc").glob("[0-9]*") if self._serves(one)]

    def _serves(self, process: Path) -> bool:
        try:
            folder, program = (process / "cwd").readlink(), (process / "exe").readlink()
        except OSError:  # ended meanwhile, or another user's
            return False
        return folder == self.data.resolve() and program.name.startswith("postgres")

    def _wait_until_ready(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                psycopg.connect(self.dsn(database="postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                ended = self._server is not None and self._server.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise ClusterError(
                        f"The database server did not start; see {self._home / 'postgres.log'}: {error}"
                    ) from None
                time.sleep(0.02)

    def _stop(self) -> None:
        if self._server is None:
            return
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(10)
        self._server = None
