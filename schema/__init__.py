"""The JSON Schema of the stack files, for editors and checks."""
