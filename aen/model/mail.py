"""Where mail is given to."""

import enum

from attrs import field, frozen


class Security(enum.StrEnum):
    """How a connection to a mail server is kept from others' eyes."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@frozen
class Smtp:
    """The mail server that what the platform writes is given to."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)

    def same_account(self, other: "Smtp") -> bool:
        """Whether a password for *other* may be sent to this one, too."""
        mine = (self.host, self.port, self.username, self.security)
        return mine == (other.host, other.port, other.username, other.security)
