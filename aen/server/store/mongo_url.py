"""What an address of a MongoDB says, as far as txmongo leaves it to us."""

from pathlib import Path
from typing import Any

from attrs import field, frozen
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import Certificate, optionsForClientTLS

from aen.model.errors import Invalid


@frozen
class MongoUrl:
    """Where a MongoDB is and who we are there."""

    hosts: tuple[str, ...]
    database: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    authority: str | None = None
    """PEM file of the certificate authority that signed the database's certificate."""
    mechanism: str = "DEFAULT"


def parse_mongo_url(url: str) -> MongoUrl:
    """Return what *url* says.

    :raises Invalid: it is not the address of a MongoDB.
    """
    if not url.startswith("mongodb://"):
        raise Invalid("“MONGO_URL” must begin with “mongodb://”.")
    try:
        told: dict[str, Any] = parse_uri(url, validate=False)
    except (PyMongoError, ValueError) as error:
        raise Invalid(f"“MONGO_URL” is not an address of a MongoDB: {error}") from None
    options = {name.lower(): value for name, value in told["options"].items()}
    secure = options.get("tls", options.get("ssl", False))
    return MongoUrl(
        tuple(host for host, _ in told["nodelist"]),
        told["database"],
        told["username"],
        told["password"],
        tls=str(secure).lower() == "true",
        authority=options.get("tlscafile"),
        mechanism=options.get("authmechanism", "DEFAULT"),
    )


def tls_for(url: MongoUrl) -> IOpenSSLClientConnectionCreator | None:
    """Return TLS as *url* asks for it, or None.

    The certificate must bear the name of the first host: txmongo uses one setting
    for all of them.

    :raises Invalid: the file of the authority cannot be read.
    """
    if not url.tls:
        return None
    if url.authority is None:
        return optionsForClientTLS(url.hosts[0])
    try:
        authority = Certificate.loadPEM(Path(url.authority).read_bytes())
    except Exception:  # noqa: BLE001 -- OpenSSL's errors have no common class
        raise Invalid(
            f"“MONGO_URL”: {url.authority} is not a certificate in PEM form."
        ) from None
    return optionsForClientTLS(url.hosts[0], trustRoot=authority)
