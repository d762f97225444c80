"""AWS for the engine: moto behind pulumi-aws, mapped by botocore's own service models."""
