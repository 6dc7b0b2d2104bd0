"""What a shell offers when Tab is pressed: a script made from the commands."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator

_SCRIPT = """\
_aen() {{
  local words
  case "${{COMP_WORDS[*]:1:COMP_CWORD-1}}" in
{cases}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -F _aen aen
"""


def script(top: ArgumentParser) -> str:
    """Return the script for bash; zsh takes it after ``bashcompinit``."""
    cases = "\n".join(
        f'    {pattern}) words="{" ".join(words)}" ;;' for pattern, words in _cases(top)
    )
    return _SCRIPT.format(cases=cases)


def _cases(
    parser: ArgumentParser, before: str = ""
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, inside in _commands(parser):
        yield from _cases(inside, f"{before} {name}".strip())
    inner = tuple(name for name, _ in _commands(parser))
    options = sorted(
        word
        for action in parser._actions  # noqa: SLF001 -- argparse has no other list
        for word in action.option_strings
        if word.startswith("--")
    )
    if inner:
        yield f'"{before}"', inner
    else:
        yield f'"{before}"*', tuple(options)


def _commands(parser: ArgumentParser) -> list[tuple[str, ArgumentParser]]:
    return [
        one
        for action in parser._actions  # noqa: SLF001 -- as above
        if isinstance(action, _SubParsersAction)
        for one in action.choices.items()
    ]
