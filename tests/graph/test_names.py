"""Names in AWS, for the longest name that a stack file may give."""

from sandbox.sdk import schema
from settings import NAME_LENGTH
from tests.graph.graph import STACKS, graph

PROPERTIES = ("bucket", "identifier", "name", "replicationGroupId", "userGroupId", "userId")
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, each service's API.
LONGEST = {
    "backup/plan:Plan": 50,
    "backup/restoreTestingPlan:RestoreTestingPlan": 50,
    "backup/restoreTestingSelection:RestoreTestingSelection": 50,
    "backup/selection:Selection": 50,
    "backup/vault:Vault": 50,
    "budgets/budget:Budget": 100,
    "cloudwatch/eventRule:EventRule": 64,
    "cloudwatch/logGroup:LogGroup": 512,
    "cloudwatch/metricAlarm:MetricAlarm": 255,
    "ec2/launchTemplate:LaunchTemplate": 128,
    "eks/cluster:Cluster": 100,
    "eks/nodeGroup:NodeGroup": 63,
    "ecr/repository:Repository": 256,
    "ec2/securityGroup:SecurityGroup": 255,
    "elasticache/parameterGroup:ParameterGroup": 255,
    "elasticache/replicationGroup:ReplicationGroup": 40,
    "elasticache/subnetGroup:SubnetGroup": 255,
    "elasticache/user:User": 40,
    "elasticache/userGroup:UserGroup": 40,
    "iam/role:Role": 64,
    "iam/rolePolicy:RolePolicy": 128,
    "kms/alias:Alias": 256,
    "rds/eventSubscription:EventSubscription": 255,
    "rds/instance:Instance": 63,
    "rds/parameterGroup:ParameterGroup": 255,
    "rds/subnetGroup:SubnetGroup": 255,
    "sns/topic:Topic": 256,
}


def test_every_name_fits_what_aws_takes() -> None:
    long = "p" * NAME_LENGTH
    too_long, unknown = {}, set()
    for node in (node for stack in STACKS for node in graph(stack, long).aws):
        for key in schema(node.type).inputs.fields.keys() & set(PROPERTIES):
            kind, name = node.type.removeprefix("aws:"), str(node.state.get(key) or "")
            if kind not in LONGEST:
                unknown.add(kind)
            elif len(name) > LONGEST[kind]:
                too_long[str(node)] = name
    assert unknown == set(), "say how long AWS takes their names"
    assert too_long == {}
