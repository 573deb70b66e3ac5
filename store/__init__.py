"""The contract between pipeline and app: schema, writer, reader and checks of a run."""
