"""An embedded cloud for Pulumi: the real engine against moto, with no account and no container."""
