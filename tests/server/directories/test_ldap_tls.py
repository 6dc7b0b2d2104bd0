"""TLS to a directory; what it does with real ones is in `test_ldap`."""

from pathlib import Path

import pytest

from aen.model.errors import Invalid
from aen.server.directories.ldap_options import Tuning
from aen.server.directories.ldap_tls import check_files
from tests.pem import make_pair


def test_files(tmp_path: Path) -> None:
    """Those that cannot be used are named before anybody signs in."""
    pair = make_pair(tmp_path)
    certificate, key = str(pair.certificate), str(pair.key)
    check_files(Tuning())
    check_files(Tuning(ca=certificate, certificate=certificate, key=key))
    both = tmp_path / "both.pem"
    both.write_text(pair.certificate.read_text() + pair.key.read_text())
    check_files(Tuning(verify=False, certificate=str(both)))
    for wrong in (
        Tuning(ca=str(tmp_path / "none")),
        Tuning(ca=key),
        Tuning(certificate=certificate),
        Tuning(certificate=certificate, key=str(tmp_path / "none")),
    ):
        with pytest.raises(Invalid, match=str(tmp_path)):
            check_files(wrong)
