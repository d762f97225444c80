"""The language host of a command line that was built from source: runs a Python program.

The vendor's release of Pulumi brings its own; then this one is not on the PATH. It runs under
the interpreter of the program, so it imports nothing but Pulumi's SDK and the standard library.
https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

import gc
import os
import runpy
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import engine_pb2, language_pb2, language_pb2_grpc, plugin_pb2
from pulumi.runtime.settings import get_engine

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Host(LanguageServer):
    """Runs the program that the engine names, in this process."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self.engine_address = engine_address
        self.cancelled = threading.Event()

    def Handshake(self, request: Any, context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def InstallDependencies(self, request: Any, context: Any) -> Any:
        yield language_pb2.InstallDependenciesResponse(
            stdout=b"Install the packages with: make setup\n"
        )

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        return language_pb2.GetProgramDependenciesResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        self.cancelled.set()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        folder = Path(request.info.program_directory)
        entry = folder / request.info.entry_point
        if entry.is_dir():
            entry /= "__main__.py"
        os.chdir(folder)
        # The process ends with the program: looking for garbage would only cost time.
        gc.disable()
        sys.path.insert(0, str(entry.parent))

        def program() -> None:
            _without_debugging()
            runpy.run_path(str(entry), run_name="__main__")

        self.program = program
        del request.args[:]
        request.args.append(self.engine_address)
        result: Any = super().Run(request, context)  # type: ignore[no-untyped-call]
        if result.error:
            # It is in the engine's log already; telling it again would print it twice.
            result.error, result.bail = "", True
        return result

    def RunPlugin(self, request: Any, context: Any) -> Any:
        child = subprocess.Popen(  # noqa: S603  the engine names the plugin
            [sys.executable, "-u", request.info.program_directory, *request.args],
            cwd=request.pwd,
            env=dict(item.split("=", 1) for item in request.env) or None,
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
        )
        assert child.stdout is not None  # noqa: S101
        for line in child.stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())


def _without_debugging() -> None:
    """The SDK tells the engine each of its steps, several a resource, which only --debug shows."""
    engine = get_engine()
    if engine is None or os.environ.get("SANDBOX_DEBUG"):
        return
    send = engine.Log
    engine.Log = lambda request: None if request.severity == engine_pb2.DEBUG else send(request)


def serve(engine_address: str) -> None:
    """Listen on loopback, tell the engine the port, and go on until it hangs up."""
    host = Host(engine_address)
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_exit_with_the_engine, daemon=True).start()
    # The engine's way of saying that it is done.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    server.wait_for_termination()


def _exit_with_the_engine() -> None:
    """The engine ends the process itself; where it was killed, nobody does: watch the parent."""
    parent = os.getppid()
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(1)


if __name__ == "__main__":
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    serve(addresses[-1] if addresses else "")
