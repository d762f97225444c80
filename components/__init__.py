"""Reusable component resources for AWS, one a file."""
