"""What a stack chooses: its file, read once, typed and checked."""

from settings.reading import SettingsError, load, parse
from settings.stack import NAME_LENGTH, REQUIRED_TAGS, Settings

__all__ = ["NAME_LENGTH", "REQUIRED_TAGS", "Settings", "SettingsError", "load", "parse"]
