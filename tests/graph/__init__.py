"""Whole stacks as graphs: what holds for every resource, and who reaches whom."""
