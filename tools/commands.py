"""The commands, once everything is there. Runs in the virtual environment."""

from __future__ import annotations

from collections.abc import Sequence

from tools.environment import Environment


def run(command: str, arguments: Sequence[str], environment: Environment) -> int:
    """Run a command and answer its exit code.

    :param arguments: further ones, which only some commands take.
    """
    if command == "lint":
        from tools import lint

        return lint.run(environment)
    if command == "test":
        from tools import testing

        return testing.run(environment, arguments)
    if command == "smoke":
        from tools import smoke

        return smoke.run(environment)
    if command == "bench":
        from tools import bench

        return bench.run(environment, arguments)
    if command == "translations":
        from tools import translations

        return translations.run(environment)
    if command == "readme":
        from tools import readme

        return readme.run()
    from tools import demo_run

    return demo_run.run(environment)
