"""A real LDAP directory for tests: slapd, on free ports, with people in it."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.installed import free_ports
from tests.pem import Pair, make_pair
from tests.waiting import until

_PLACES = "/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/local/libexec"
SLAPD = shutil.which("slapd", path=_PLACES)
needs_slapd = pytest.mark.skipif(
    SLAPD is None, reason="slapd is not installed (Debian: apt-get install slapd)"
)
ROOT = "dc=example,dc=org"
SERVICE = f"cn=aen,{ROOT}"
SERVICE_PASSWORD = "service secret"
PASSWORD = "correct horse"
ODD_PASSWORD = "pä*ss (w)\\ö #"

_CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCACertificateFile {tls.certificate}
TLSCertificateFile {tls.certificate}
TLSCertificateKeyFile {tls.key}
{extra}
database mdb
directory {folder}/db
suffix "{root}"
rootdn "cn=root,{root}"
rootpw root
maxsize 10485760
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=staff,{root}"
  by dn.exact="{service}" read
  by self read
  by * none
access to dn.subtree="ou=people,{root}" by * read
access to * by * read
"""

_TREE = """\
dn: {root}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{root}
objectClass: organizationalUnit
ou: people

dn: ou=staff,{root}
objectClass: organizationalUnit
ou: staff

dn: ou=groups,{root}
objectClass: organizationalUnit
ou: groups

dn: ou=elsewhere,{root}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://elsewhere.example/ou=elsewhere,{root}

dn: {service}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: aen
userPassword: {service_password}

dn: cn=admins,ou=groups,{root}
objectClass: groupOfNames
cn: admins
member: uid=ada,ou=people,{root}
"""


@frozen
class Entry:
    """A person of the directory."""

    rdn: str
    uid: str
    unit: str = "people"
    cn: str = ""
    password: str | None = PASSWORD
    mail: str = ""

    @property
    def dn(self) -> str:
        """The whole name."""
        return f"{self.rdn},ou={self.unit},{ROOT}"

    def ldif(self) -> str:
        """Return the entry as slapadd reads it."""
        lines = [f"dn: {self.dn}", "objectClass: inetOrgPerson", f"uid: {self.uid}"]
        lines += [f"cn: {self.cn or self.uid}", "sn: x"]
        lines += [f"mail: {self.mail}"] if self.mail else []
        lines += [f"userPassword: {self.password}"] if self.password else []
        return "\n".join(lines) + "\n"


PEOPLE = (
    Entry("uid=ada", "ada", cn="Ada Lovelace", mail="ada@example.org"),
    Entry("uid=bob", "bob", cn="Bob (of ou=x)", mail="bob@example.org"),
    Entry("uid=eve", "eve", "staff", password="staff horse"),
    Entry("uid=twin", "twin", cn="The first", password="first horse"),
    Entry("uid=twin", "twin", "staff", cn="The second", password="second horse"),
    Entry("uid=double", "double"),
    Entry("cn=double", "double", cn="double"),
    Entry("uid=nopass", "nopass", password=None),
    Entry("cn=M\\C3\\BCller\\2C \\22x\\22 \\2B #1\\5C", "odd",
          cn='Müller, "x" + #1\\', password=ODD_PASSWORD),
    Entry("uid=w\\2A(\\29", "w*()", cn="Stars"),
)  # fmt: skip


@frozen
class Slapd:
    """A directory that runs."""

    plain: str
    """Its address without TLS, StartTLS possible."""
    secure: str
    tls: Pair
    folder: Path


@contextmanager
def running(folder: Path, extra: str = "", host: str = "localhost") -> Iterator[Slapd]:
    """Run a directory below *folder* with more lines of configuration.

    :param host: the name its certificate is for.
    """
    assert SLAPD is not None
    folder.mkdir(exist_ok=True)
    tls = make_pair(folder / "tls", host)
    conf = folder / "slapd.conf"
    names = {"root": ROOT, "service": SERVICE, "folder": folder}
    conf.write_text(_CONF.format(tls=tls, extra=extra, **names))
    (folder / "db").mkdir()
    tree = _TREE.format(service_password=SERVICE_PASSWORD, **names)
    (folder / "tree.ldif").write_text("\n".join([tree, *(e.ldif() for e in PEOPLE)]))
    adding = (SLAPD, "-T", "add", "-f", str(conf), "-l", str(folder / "tree.ldif"))
    done = subprocess.run(adding, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    plain, secure = free_ports(2)
    urls = f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{secure}/"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (SLAPD, "-f", str(conf), "-h", urls, "-d", "stats"),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: process.poll() is None and _answers(plain), "slapd")
        yield Slapd(
            f"ldap://localhost:{plain}", f"ldaps://localhost:{secure}", tls, folder
        )
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1.0):
        return True
