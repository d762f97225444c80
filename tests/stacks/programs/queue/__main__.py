import pulumi
import pulumi_aws as aws
import pulumi_random as random

config = pulumi.Config("queue")
region = aws.get_region()
suffix = random.RandomString("suffix", length=6, special=False, upper=False)

dead = aws.sqs.Queue("dead-letters", message_retention_seconds=1209600)
work = aws.sqs.Queue(
    "work",
    name=pulumi.Output.concat("work-", suffix.result),
    visibility_timeout_seconds=config.require_int("visibilityTimeout"),
    redrive_policy=pulumi.Output.json_dumps(
        {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}
    ),
    tags={"Team": "orders"},
)

topic = aws.sns.Topic("alarms")
aws.cloudwatch.MetricAlarm(
    "backlog",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=2,
    metric_name="ApproximateNumberOfMessagesVisible",
    namespace="AWS/SQS",
    period=300,
    statistic="Average",
    threshold=100,
    dimensions={"QueueName": work.name},
    alarm_actions=[topic.arn],
)

assume = aws.iam.get_policy_document(
    statements=[
        {
            "actions": ["sts:AssumeRole"],
            "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
        }
    ]
)
worker = aws.iam.Role("worker", assume_role_policy=assume.json)
access = aws.iam.get_policy_document_output(
    statements=[
        {
            "actions": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            "resources": [work.arn],
        }
    ]
)
aws.iam.RolePolicy("worker", role=worker.id, policy=access.json)
aws.iam.RolePolicyAttachment(
    "logs",
    role=worker.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
)
aws.ssm.Parameter("queue-url", type="String", value=work.url)
aws.ecr.Repository("worker", image_tag_mutability="IMMUTABLE", force_delete=True)

pulumi.export("region", region.region)
pulumi.export("queue_url", work.url)
pulumi.export("role_arn", worker.arn)
