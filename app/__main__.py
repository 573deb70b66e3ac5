"""`python -m stateline.app` starts the dashboard."""

from stateline.app.main import run_command

raise SystemExit(run_command())
