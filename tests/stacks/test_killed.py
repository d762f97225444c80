"""An engine that is killed: the next `up` mends what it left."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

from tests.stacks.harness import Sandbox

KILLS = 10
PROGRAM = """
import pulumi
import pulumi_aws as aws

turn = pulumi.Config().require_int("turn")
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"turn": str(turn)})
for zone in "abc":
    subnet = aws.ec2.Subnet(
        f"{turn}-{zone}",
        vpc_id=vpc.id,
        availability_zone=f"us-east-1{zone}",
        cidr_block=f"10.0.{turn * 4 + ord(zone) - ord('a')}.0/24",
    )
    table = aws.ec2.RouteTable(f"{turn}-{zone}", vpc_id=vpc.id)
    aws.ec2.RouteTableAssociation(
        f"{turn}-{zone}", subnet_id=subnet.id, route_table_id=table.id
    )
    group = aws.ec2.SecurityGroup(f"{turn}-{zone}", vpc_id=vpc.id)
    aws.vpc.SecurityGroupEgressRule(
        f"{turn}-{zone}", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="10.0.0.0/8"
    )
    aws.kms.Key(f"{turn}-{zone}")
    aws.cloudwatch.LogGroup(f"{turn}-{zone}", name=f"/{turn}/{zone}")
    aws.sns.Topic(f"{turn}-{zone}")
"""


def write_turn(folder: Path, turn: int) -> None:
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  killed:turn: {turn}\n")


def engine_of(session: int) -> int | None:
    """The process of the engine that a command started."""
    for process in Path("/proc").iterdir():
        try:
            name = (process / "comm").read_text().strip() if process.name.isdigit() else ""
            if name == "pulumi" and os.getsid(int(process.name)) == session:
                return int(process.name)
        except OSError:
            continue
    return None


def started(process: "subprocess.Popen[str]") -> int:
    """The engine of a command, once it runs."""
    while process.poll() is None:
        if engine := engine_of(process.pid):
            return engine
        time.sleep(0.01)
    raise AssertionError(f"no engine ran:\n{process.communicate()[0]}")


def kill(engine: int) -> bool:
    """SIGKILL; whether it was still there."""
    try:
        os.kill(engine, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def test_an_up_that_was_killed_can_simply_be_run_again(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: killed\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    write_turn(tmp_path, KILLS)
    assert sandbox.run("up", "--stack", "dev", cwd=tmp_path).code == 0
    write_turn(tmp_path, KILLS + 1)
    whole = sandbox.start("up", "--stack", "dev", cwd=tmp_path)
    began = started(whole) and time.monotonic()
    whole.communicate(timeout=60)
    seconds = time.monotonic() - began
    moments, killed = [], 0
    for turn in range(KILLS):
        write_turn(tmp_path, turn)
        process = sandbox.start("up", "--stack", "dev", cwd=tmp_path)
        engine = started(process)
        # Random, but a tenth of the whole for each: every phase of `up` is met.
        moment = random.uniform(turn, turn + 1) * seconds / KILLS
        time.sleep(moment)
        killed += kill(engine)
        process.communicate(timeout=60)
        moments.append(f"{moment:.1f}")

        again = sandbox.run("up", "--stack", "dev", cwd=tmp_path)

        assert again.code == 0, f"killed after {moment:.1f} s:\n{again.text}"
        state = sandbox.aws_types("killed", "dev")
        assert sandbox.applied_types() == state, f"killed after {moment:.1f} s"
        assert in_moto(sandbox) == {
            "aws:ec2/subnet:Subnet": state["aws:ec2/subnet:Subnet"],
            "aws:kms/key:Key": state["aws:kms/key:Key"],
            "aws:sns/topic:Topic": state["aws:sns/topic:Topic"],
        }, f"killed after {moment:.1f} s"
    print(f"killed {killed} engines after {', '.join(moments)} of {seconds:.1f} s")
    assert killed >= KILLS // 2, "too few kills met a running engine to prove anything"


def in_moto(sandbox: Sandbox) -> dict[str, int]:
    def client(service: str):  # type: ignore[no-untyped-def]
        return sandbox.client(service, account="123456789012", region="us-east-1")

    kms = client("kms")
    subnets = client("ec2").describe_subnets()["Subnets"]
    keys = [kms.describe_key(KeyId=key["KeyId"]) for key in kms.list_keys()["Keys"]]
    return {
        "aws:ec2/subnet:Subnet": sum(each["CidrBlock"].startswith("10.0.") for each in subnets),
        "aws:kms/key:Key": sum(key["KeyMetadata"]["KeyState"] != "PendingDeletion" for key in keys),
        "aws:sns/topic:Topic": len(client("sns").list_topics()["Topics"]),
    }
