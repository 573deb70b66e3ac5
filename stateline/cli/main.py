"""The command with its sub-commands, its errors in one line and its exit codes."""

import sys
from collections.abc import Sequence

import click

import stateline
from stateline.cli.app import app
from stateline.cli.build import build
from stateline.cli.store import check, dictionary, list_runs, migrate, share
from stateline.store.errors import StatelineError, printable

BAD_INPUT, INTERRUPTED = 2, 130

EPILOG = """\b
Examples:
  stateline build demo-reviews                    a demo run, from nothing
  stateline build reviews.csv --text review --label sentiment
  stateline app                                   look at the runs in store/data
  stateline check store/data/demo-reviews
  stateline share store/data/demo-reviews         demo-reviews.zip, for a colleague

\b
Completion of commands and options, by the line in the shell's start file:
  bash   eval "$(_STATELINE_COMPLETE=bash_source stateline)"
  zsh    eval "$(_STATELINE_COMPLETE=zsh_source stateline)"
  fish   _STATELINE_COMPLETE=fish_source stateline | source
"""


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their definition."""
        return list(self.commands)


def print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version and end, where it is asked for."""
    if wanted:
        click.echo(f"stateline {stateline.__version__}")
        ctx.exit()


@click.group(cls=InOrder, epilog=EPILOG, invoke_without_command=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Print the version.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """See what a recurrent network held in its hidden state after every word.

    A run is built from a corpus or a trained model into a folder of Parquet tables; a store is a
    folder of runs.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for command in (build, app, check, share, migrate, list_runs, dictionary):
    cli.add_command(command)


def usage_line(error: click.UsageError) -> str:
    """Return a wrong use of the command as one line, with the help that tells more."""
    path = error.ctx.command_path if error.ctx else "stateline"
    message = error.format_message()
    line = f"{path}: {message[:1].lower()}{message[1:].rstrip('.')}. See: {path} --help"
    return " ".join(line.split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    arguments  None: those of the process
    returns    exit code: 0; 2 for bad input, which is one line on stderr; 130 when interrupted;
               for a build otherwise that of the stage that failed
    """
    try:
        code = cli.main(arguments, prog_name="stateline", standalone_mode=False)
    except click.UsageError as error:
        line = usage_line(error)
    except StatelineError as error:
        line = str(error)
    except OSError as error:
        line = f"{error.filename or 'stateline'}: {error.strerror or error}"
    except click.Abort:
        return INTERRUPTED
    else:
        return code if isinstance(code, int) else 0
    print(printable(line), file=sys.stderr)
    return BAD_INPUT
