"""`make schema`: write the schema and the page anew."""

from . import FILE, reference, text

FILE.write_text(text())
reference.FILE.write_text(reference.text())
