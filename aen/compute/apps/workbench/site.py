"""What answers which address: the files app below ``files/``, the page here."""

from attrs import frozen

from aen.compute.apps.files.delivering import deliver, may_change
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import Reply, nothing, of_refusal
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.site import Files
from aen.compute.apps.workbench.page import Page

FILES = "files"
"""Where the files app is, below the prefix."""
_READS = (b"GET", b"HEAD")


@frozen
class Workbench:
    """Answers what is below the prefix."""

    files: Files
    page: Page

    def answer(self, request: FilesRequest) -> None:
        """Answer a request whose head is there."""
        rest = request.path.removeprefix(self.page.prefix.encode())
        if rest.startswith(f"/{FILES}/".encode()):
            self.files.answer(request)
        else:
            deliver(request, self._reply(request, rest))

    def _reply(self, request: FilesRequest, rest: bytes) -> Reply:
        if request.method not in _READS:
            said = of_refusal(Refusal(405, "Files are changed below “files/”."))
            allow = (b"allow", b"GET, HEAD")
            return Reply(said.status, said.body, (*said.headers, allow))
        if rest == b"/":
            return self.page.show(may=may_change(request))
        if rest == b"/ready":
            return nothing(204)
        found = self._static(request, rest)
        return found or of_refusal(Refusal(404, "There is nothing at this address."))

    def _static(self, request: FilesRequest, rest: bytes) -> Reply | None:
        folder, _, name = rest.rpartition(b"/")
        if folder != b"/static":
            return None
        return self.page.static(
            name.decode("latin-1"),
            request.getHeader(b"accept-encoding"),
            request.getHeader(b"if-none-match"),
        )
