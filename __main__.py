"""The platform of one stack, in reading order. What differs between stacks is in their files."""

import pulumi

import settings
from components.account_events import AccountEvents, AccountEventsArgs
from components.addons import OBSERVABILITY, ON_NODES, Addons, AddonsArgs
from components.alarms import Topics
from components.alert_routes import AlertRoutes, AlertRoutesArgs, SlackChannel
from components.alerts import Alerts, AlertsArgs
from components.backup import Backup, BackupArgs, RestoreTest, resource_tags
from components.backup_plan import BackupRule, VaultLock
from components.budget import Budget, BudgetArgs
from components.cache import PORT as CACHE_PORT
from components.cache import Cache, CacheArgs
from components.cluster import Cluster, ClusterArgs
from components.dashboard import Dashboard, DashboardArgs
from components.dashboard_graphs import backup_graphs, cache_graphs, database_graphs
from components.database import PORT as DATABASE_PORT
from components.database import Database, DatabaseArgs, PointInTime
from components.kubernetes_provider import kubernetes_provider
from components.network import Network, NetworkArgs
from components.node_group import NodeGroup, NodeGroupArgs, Taint
from components.registry import Registry, RegistryArgs
from components.workload_security_group import WorkloadSecurityGroup, WorkloadSecurityGroupArgs

stack = settings.load()
name, account_id, region = stack.name, stack.account_id, stack.region

alerts = Alerts(f"{name}-alerts", AlertsArgs(account_id=account_id, region=region))
topics = Topics(critical_arn=alerts.critical_topic_arn, warning_arn=alerts.warning_topic_arn)
AlertRoutes(
    f"{name}-routes",
    AlertRoutesArgs(
        account_id=account_id,
        region=region,
        topics=topics,
        critical_emails=stack.alerts.critical_emails,
        warning_emails=stack.alerts.warning_emails,
        slack=SlackChannel(**stack.alerts.slack.model_dump()) if stack.alerts.slack else None,
    ),
)
AccountEvents(f"{name}-events", AccountEventsArgs(topics=topics))

network = Network(
    name,
    NetworkArgs(
        account_id=account_id,
        region=region,
        cidr=stack.network.cidr,
        zones=stack.network.zones,
        nat=stack.network.nat,
        elastic_ip_allocation_ids=stack.network.elastic_ip_allocation_ids,
        interface_endpoints=stack.network.interface_endpoints,
        topics=topics,
        flow_log_retention_days=stack.network.flow_log_retention_days,
        dual_stack=stack.network.dual_stack,
        cluster_name=name,
        data_ports=[DATABASE_PORT, CACHE_PORT],
        protect=stack.protect,
    ),
)

nodes = WorkloadSecurityGroup(
    f"{name}-nodes",
    WorkloadSecurityGroupArgs(
        vpc_id=network.vpc_id, vpc_cidr=network.cidr, dual_stack=stack.network.dual_stack
    ),
)

cluster = Cluster(
    name,
    ClusterArgs(
        account_id=account_id,
        region=region,
        cluster_name=name,
        version=stack.cluster.version,
        subnet_ids=list(network.private.values()),
        access={
            label: (each.principal_arn, each.access) for label, each in stack.cluster.access.items()
        },
        node_security_group_id=nodes.security_group_id,
        topics=topics,
        log_retention_days=stack.cluster.log_retention_days,
        public_access_cidrs=stack.cluster.public_access_cidrs,
        protect=stack.protect,
    ),
)
node_groups = [
    NodeGroup(
        f"{name}-{label}",
        NodeGroupArgs(
            cluster_name=cluster.name,
            version=stack.cluster.node_version,
            subnet_ids=list(network.private.values()),
            security_group_ids=[nodes.security_group_id],
            kms_key_arn=cluster.key_arn,
            generation=group.generation,
            instance_types=group.instance_types,
            capacity=group.capacity,
            minimum=group.minimum,
            desired=group.desired,
            maximum=group.maximum,
            disk_gib=group.disk_gib,
            labels=group.labels,
            taints=[Taint(**each.model_dump()) for each in group.taints],
        ),
        # A node that comes before its network never becomes ready.
        pulumi.ResourceOptions(depends_on=[cluster]),
    )
    for label, group in stack.cluster.node_groups.items()
]
Addons(
    name,
    AddonsArgs(
        account_id=account_id,
        cluster_name=cluster.name,
        version=stack.cluster.version,
        names=[*ON_NODES, *([OBSERVABILITY] if stack.cluster.observability else [])],
    ),
    pulumi.ResourceOptions(depends_on=node_groups),
)
kubernetes_provider(
    name,
    cluster_name=cluster.name,
    endpoint=cluster.endpoint,
    certificate_authority=cluster.certificate_authority,
    region=region,
)

database = Database(
    f"{name}-database",
    DatabaseArgs(
        account_id=account_id,
        region=region,
        identifier=f"{name}-database",
        vpc_id=network.vpc_id,
        subnet_ids=list(network.data.values()),
        clients={"nodes": nodes.security_group_id},
        topics=topics,
        engine_version=stack.database.engine_version,
        instance_class=stack.database.instance_class,
        allocated_gib=stack.database.allocated_gib,
        maximum_gib=stack.database.maximum_gib,
        multi_az=stack.database.multi_az,
        replicas=stack.database.replicas,
        backup_retention_days=stack.database.backup_retention_days,
        backup_window=stack.database.backup_window,
        maintenance_window=stack.database.maintenance_window,
        log_retention_days=stack.database.log_retention_days,
        performance_insights_retention_days=stack.database.performance_insights_retention_days,
        restore_from_snapshot=stack.database.restore_from_snapshot,
        restore_to=PointInTime(**stack.database.restore_to.model_dump())
        if stack.database.restore_to
        else None,
        backup_tags=resource_tags(f"{name}-backup"),
        protect=stack.protect,
    ),
)

cache = Cache(
    f"{name}-cache",
    CacheArgs(
        account_id=account_id,
        region=region,
        identifier=f"{name}-cache",
        vpc_id=network.vpc_id,
        subnet_ids=list(network.data.values()),
        clients={"nodes": nodes.security_group_id},
        topics=topics,
        users=stack.cache.users,
        engine=stack.cache.engine,
        engine_version=stack.cache.engine_version,
        node_type=stack.cache.node_type,
        replicas=stack.cache.replicas,
        snapshot_retention_days=stack.cache.snapshot_retention_days,
        snapshot_window=stack.cache.snapshot_window,
        maintenance_window=stack.cache.maintenance_window,
        log_retention_days=stack.cache.log_retention_days,
        protect=stack.protect,
    ),
)

backup = Backup(
    f"{name}-backup",
    BackupArgs(
        account_id=account_id,
        region=region,
        topics=topics,
        rules={
            rule: BackupRule(**chosen.model_dump()) for rule, chosen in stack.backup.rules.items()
        },
        copy_region=stack.backup.copy_region,
        lock=VaultLock(**stack.backup.lock.model_dump()) if stack.backup.lock else None,
        break_glass_role_arns=stack.backup.break_glass_role_arns,
        restore_test=RestoreTest(
            schedule=stack.backup.restore_test_schedule,
            resources={"RDS": {"dbSubnetGroupName": database.subnet_group_name}},
        )
        if stack.backup.restore_test_schedule
        else None,
        protect=stack.protect,
    ),
)

Budget(
    f"{name}-budget",
    BudgetArgs(
        account_id=account_id,
        monthly_usd=stack.budget.monthly_usd,
        topic_arn=alerts.warning_topic_arn,
        emails=stack.budget.emails,
    ),
)

if stack.registry:
    registry = Registry(
        f"{name}-registry",
        RegistryArgs(
            account_id=account_id,
            region=region,
            repositories=stack.registry.repositories,
            readers=stack.registry.readers,
            protect=stack.protect,
        ),
    )
    pulumi.export("registry_urls", registry.urls)

Dashboard(
    name,
    DashboardArgs(
        region=region,
        sections={
            "Database": database_graphs(f"{name}-database"),
            "Cache": cache_graphs(cache.member_names),
            "Backup": backup_graphs(f"{name}-backup"),
        },
    ),
)

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("private_subnet_ids", network.private)
pulumi.export("nat_public_ips", network.nat_public_ips)
pulumi.export("cluster_name", cluster.name)
pulumi.export("cluster_endpoint", cluster.endpoint)
pulumi.export("node_security_group_id", nodes.security_group_id)
pulumi.export("database_endpoint", database.endpoint)
pulumi.export("database_port", database.port)
pulumi.export("database_secret_arn", database.master_secret_arn)
pulumi.export("cache_endpoint", cache.endpoint)
pulumi.export("cache_port", cache.port)
pulumi.export("critical_topic_arn", alerts.critical_topic_arn)
pulumi.export("warning_topic_arn", alerts.warning_topic_arn)
