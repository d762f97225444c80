"""What `up` and `preview` cost beside the engine's own floor, measured in one run."""
