"""The words of the command line."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from typing import Any, NoReturn

from typing_extensions import override

from aen.cli import admin, archives, changing, copying, people, projects
from aen.cli.desk import Desk
from aen.cli.problems import Wrong

Command = Callable[[Desk, Namespace], None]


class Parser(ArgumentParser):
    """Says what is wrong as every other problem is said."""

    @override
    def error(self, message: str) -> NoReturn:
        raise Wrong(f"{message}\n{self.format_usage().rstrip()}")


def parser() -> Parser:
    """Return what understands a command line."""
    top = Parser(prog="aen", description="Work with AEN from a command line.")
    words = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    _signing_in(words)
    _projects(_group(words, "projects", "find, make and delete projects"))
    _running(words)
    _files(words)
    _archives(words)
    _team(_group(words, "team", "who works in a project"))
    _environments(_group(words, "env", "environments of a project"))
    _tokens(_group(words, "tokens", "your tokens"))
    _admin(_group(words, "admin", "for those who administer"))
    return top


def _signing_in(words: "_SubParsersAction[Any]") -> None:
    one = _add(words, "login", None, "sign in at a server")
    one.add_argument("url", metavar="URL")
    one.add_argument("--user", help="your user name; else you are asked")
    one.add_argument("--note", default="aen", help="what to call the token")
    help_ = "give a token (on standard input) in place of name and password"
    one.add_argument("--with-token", action="store_true", help=help_)
    _add(words, "logout", None, "forget the token, and end it")
    _add(words, "whoami", people.whoami, "who you are, and where")
    about = 'a script for bash: eval "$(aen completion)"'
    _add(words, "completion", None, about)


def _projects(words: "_SubParsersAction[Any]") -> None:
    one = _add(words, "list", projects.listing, "projects you may see")
    one.add_argument("q", nargs="?", help="words to look for")
    for name in ("owner", "tag"):
        one.add_argument(f"--{name}")
    one.add_argument("--visibility", choices=("private", "public"))
    _project(_add(words, "show", projects.show, "one project"))
    one = _add(words, "create", projects.create, "make a project")
    one.add_argument("name", metavar="[OWNER/]NAME")
    one.add_argument("--visibility", choices=("private", "public"))
    one.add_argument("--summary")
    one = _add(words, "move", projects.move, "move a project to another data center")
    _waits(_project(one)).add_argument("data_center", metavar="DATA-CENTER")
    one.add_argument("--yes", action="store_true")
    one = _add(words, "delete", projects.delete, "delete a project and its files")
    _waits(_project(one)).add_argument("--yes", action="store_true")


def _running(words: "_SubParsersAction[Any]") -> None:
    for verb in ("start", "stop", "reset"):
        one = _add(words, verb, projects.control, f"{verb} a project")
        _waits(_project(one)).set_defaults(verb=verb)
    one = _add(words, "open", projects.open_app, "the address of a project or an app")
    _project(one).add_argument("app", nargs="?", metavar="APP")
    one.add_argument("--browser", action="store_true", help="open it in a browser")
    _project(_add(words, "apps", projects.apps, "apps of a project"))
    one = _project(_add(words, "logs", projects.logs, "what an app prints"))
    one.add_argument("app", metavar="APP")


def _files(words: "_SubParsersAction[Any]") -> None:
    about = "copy files to or from a project, or within it"
    one = _add(words, "cp", copying.copy, about)
    place = "a path here, OWNER/NAME:PATH, or - for a stream"
    one.add_argument("source", metavar="FROM", help=place)
    one.add_argument("target", metavar="TO", help=place)
    help_ = "a folder with all that is in it"
    one.add_argument("-r", "--recursive", action="store_true", help=help_)
    help_ = "overwrite what is there, without asking"
    one.add_argument("-f", "--force", action="store_true", help=help_)
    one = _add(words, "ls", copying.listing, "what is in a folder of a project")
    one.add_argument("place", metavar="OWNER/NAME[:PATH]")
    one = _add(words, "mv", changing.move, "move or rename files of a project")
    one.add_argument("source", metavar="FROM", help="OWNER/NAME:PATH")
    one.add_argument("target", metavar="TO", help="OWNER/NAME:PATH")
    help_ = "replace what is there, without asking"
    one.add_argument("-f", "--force", action="store_true", help=help_)
    one = _add(words, "rm", changing.remove, "put files of a project into its trash")
    one.add_argument("places", nargs="+", metavar="OWNER/NAME:PATH")
    help_ = "folders with all that is in them"
    one.add_argument("-r", "--recursive", action="store_true", help=help_)
    help_ = "delete them, past the trash"
    one.add_argument("--for-good", action="store_true", help=help_)
    _trash(_group(words, "trash", "what was removed from a project"))


def _trash(words: "_SubParsersAction[Any]") -> None:
    _project(_add(words, "list", changing.trash, "what is in it"))
    one = _project(_add(words, "restore", changing.restore, "take something out of it"))
    one.add_argument("item", metavar="ID")
    one.add_argument("--to", metavar="PATH", help="elsewhere than where it was")
    one = _project(_add(words, "empty", changing.empty, "delete it all for good"))
    one.add_argument("--yes", action="store_true")


def _archives(words: "_SubParsersAction[Any]") -> None:
    about = "download a project, or a folder of it, as an archive"
    one = _add(words, "archive", archives.archive, about)
    one.add_argument("place", metavar="OWNER/NAME[:PATH]")
    one.add_argument("file", metavar="FILE", help="*.tar.gz, *.tar, *.zip, or -")
    help_ = "with environments, which are large"
    one.add_argument("--environments", action="store_true", help=help_)
    help_ = "overwrite what is there, without asking"
    one.add_argument("-f", "--force", action="store_true", help=help_)
    about = "make a project from an archive, or put one into a folder"
    one = _add(words, "import", archives.put_in, about)
    one.add_argument("file", metavar="FILE", help="*.tar.gz, *.tar or *.zip")
    place = "a new project's name, or OWNER/NAME[:PATH]"
    one.add_argument("place", metavar="NAME", help=place)
    help_ = "replace files that are there"
    one.add_argument("-f", "--force", action="store_true", help=help_)


def _team(words: "_SubParsersAction[Any]") -> None:
    _project(_add(words, "list", projects.team, "the team")).set_defaults(verb="list")
    one = _project(_add(words, "add", projects.team, "add somebody, or change a role"))
    one.add_argument("user", metavar="USER")
    roles = ("viewer", "member", "maintainer")
    one.add_argument("--role", choices=roles, default="member")
    one.set_defaults(verb="add")
    one = _project(_add(words, "remove", projects.team, "take somebody off the team"))
    one.add_argument("user", metavar="USER")
    one.set_defaults(verb="remove")


def _environments(words: "_SubParsersAction[Any]") -> None:
    _project(_add(words, "list", projects.environments, "environments"))
    one = _waits(_project(_add(words, "install", projects.install, "install packages")))
    one.add_argument("packages", nargs="+", metavar="PACKAGE")
    one.add_argument("--env", help="which environment; default: the active one")


def _tokens(words: "_SubParsersAction[Any]") -> None:
    _add(words, "list", people.tokens, "your tokens")
    one = _add(words, "create", people.add_token, "make a token; it is shown once")
    one.add_argument("note", metavar="NOTE")
    one.add_argument("--scope", action="append", help="may be given more than once")
    one.add_argument("--days", type=float, help="until it ends")
    one.add_argument("--project", metavar="OWNER/NAME", help="limit it to a project")
    one = _add(words, "remove", people.remove_token, "end a token")
    one.add_argument("token", metavar="ID")


def _admin(words: "_SubParsersAction[Any]") -> None:
    _add(words, "apps", admin.running, "what runs everywhere").add_argument("--owner")
    one = _add(words, "stop-app", admin.stop_app, "stop an app of anybody")
    one.add_argument("project_id", metavar="PROJECT-ID")
    one.add_argument("launch", metavar="LAUNCH")
    one = _add(words, "reset", admin.reset, "make a link for a new password")
    one.add_argument("user", metavar="USER")
    one = _add(words, "exceptions", admin.exceptions, "errors of the platform's own")
    one.add_argument("--read", action="store_true", help="mark all of them as read")
    one = _add(words, "report", admin.report, "what people did")
    periods = ("today", "yesterday", "week", "month")
    one.add_argument("--period", choices=periods, default="today")


def _group(
    words: "_SubParsersAction[Any]", name: str, about: str
) -> "_SubParsersAction[Any]":
    made: Parser = words.add_parser(name, help=about, description=about.capitalize())
    return made.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)


def _add(
    words: "_SubParsersAction[Any]", name: str, command: Command | None, about: str
) -> Parser:
    made: Parser = words.add_parser(name, help=about, description=about.capitalize())
    made.add_argument("--json", action="store_true", help="answer for programs")
    made.set_defaults(command=command, word=name)
    return made


def _project(one: Parser) -> Parser:
    one.add_argument("project", metavar="OWNER/NAME")
    return one


def _waits(one: Parser) -> Parser:
    help_ = "do not wait until it is done"
    one.add_argument("--no-wait", action="store_true", help=help_)
    return one
