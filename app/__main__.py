"""`python -m app` starts the dashboard."""

from app.main import run_command

raise SystemExit(run_command())
