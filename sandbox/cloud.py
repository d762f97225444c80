"""The embedded cloud: one process that outlives the commands, on loopback only."""

import gc
import json
import os
import signal
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from moto import mock_aws
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from pulumi.runtime.proto import provider_pb2_grpc

from . import eks_package
from .aws.package import AwsPackage
from .aws.warm import warm_up
from .kubernetes_package import KubernetesPackage
from .moto_cloud import MOTO_CONFIG, reset
from .provider import Package, Servicer
from .random_package import RandomPackage

LOOPBACK = "127.0.0.1"
THREADS = 32
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def serve(package: Package) -> int:
    """Answer the engine for one package; the port."""
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), options=UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package), server)
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    SERVERS.append(server)
    return int(port)


SERVERS: list[Any] = []


def main(cloud_file: Path) -> None:
    """Start moto and the packages, write down where they listen, and wait for the end."""
    mock_aws(config=MOTO_CONFIG).start()
    reset()
    moto = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    moto.start()
    aws = AwsPackage()
    packages: list[Package] = [aws, KubernetesPackage(), RandomPackage()]
    found = {
        "id": uuid.uuid4().hex,
        "pid": os.getpid(),
        "endpoint": f"http://{LOOPBACK}:{moto.get_host_and_port()[1]}",
        "packages": {
            "eks": eks_package.serve(LOOPBACK),
            **{package.name: serve(package) for package in packages},
        },
    }
    draft = cloud_file.with_suffix(".new")
    draft.write_text(json.dumps(found, indent=2))
    draft.replace(cloud_file)
    threading.Thread(target=_warm_up, args=(aws,), daemon=True).start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    cloud_file.unlink(missing_ok=True)
    # moto's server thread has no end of its own.
    os._exit(0)


def _warm_up(aws: AwsPackage) -> None:
    """Load what the first run will need while the engine still starts."""
    warm_up(aws.session)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
