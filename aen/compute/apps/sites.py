"""Sites of apps: below one prefix."""

from twisted.web.resource import IResource, Resource


def below(prefix: str, resource: IResource) -> Resource:
    """Return a root resource that has *resource* at *prefix*, and nothing else."""
    root = parent = Resource()
    *folders, last = prefix.strip("/").encode().split(b"/")
    for name in folders:
        child = Resource()
        parent.putChild(name, child)
        parent = child
    parent.putChild(last, resource)
    return root
