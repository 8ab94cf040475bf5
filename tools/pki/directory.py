"""A real LDAP directory for CRLs: slapd as a child process on a free loopback port (Debian: slapd, ldap-utils).

with Directory() as directory:
    directory.put("ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr", crl_der)
    url = directory.url("ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr")
"""

import base64
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from tools.cloud.emulator import _die_with_parent as die_with_parent
from tools.cloud.emulator import free_port

START_SECONDS: Final = 20
_SUFFIX: Final = "c=kr"
_ADMIN: Final = f"cn=admin,{_SUFFIX}"
_MODIFY: Final = ("ldapmodify", "-x", "-D", _ADMIN)
_ATTRIBUTE: Final = "certificateRevocationList;binary"
# Object classes by the first name of an entry: of an entry with CRLs, and of a parent.
_CLASSES: Final = {
    "c": ("country",),
    "o": ("organization", "pkiCA"),
    "ou": ("organizationalUnit", "pkiCA"),
    "cn": ("cRLDistributionPoint",),
}
_SERVERS_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
_SCHEMA: Final = Path("/etc/ldap/schema/core.schema")

_CONFIGURATION: Final = """\
include {schema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
database mdb
maxsize 134217728
suffix "{suffix}"
rootdn "{admin}"
rootpw {password}
directory {folder}
"""


def missing_program() -> str | None:
    """Raised with the name of a required program that is not installed."""
    return next((name for name in ("slapd", "ldapmodify") if not shutil.which(name, path=_SERVERS_PATH)), None)


class Directory:
    """Stores entries under `c=kr`, readable without a login. Use as a context manager."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="directory-"))
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder)

    @property
    def origin(self) -> str:
        """The origin, as in a list of accepted origins."""
        return f"ldap://127.0.0.1:{self.port}"

    def url(self, dn: str, attribute: str = "?certificateRevocationList") -> str:
        """Where the CRLs of an entry are. Korean CAs also leave `attribute` empty."""
        return f"{self.origin}/{quote(dn, safe=',=')}{attribute}"

    def put(self, dn: str, *crls: bytes) -> None:
        """Set the DER CRLs of an entry in one step; without CRLs the attribute is removed.

        The entry and those above it are made where they are missing. `dn` is ASCII, has no escapes, ends in `c=kr`.
        """
        records = [_added(each) for each in _line_of(dn) if each not in self._known]
        values = "".join(f"{_ATTRIBUTE}:: {base64.b64encode(crl).decode()}\n" for crl in crls)
        records.append(f"dn: {dn}\nchangetype: modify\nreplace: {_ATTRIBUTE}\n{values}-\n")
        self._modify("\n".join(records))
        self._known.update(_line_of(dn))

    def _modify(self, ldif: str) -> None:
        subprocess.run(
            [*_MODIFY, "-H", self.origin, "-y", str(self._password_file)],
            input=ldif,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
            env={"PATH": _SERVERS_PATH, "LDAPNOINIT": "1"},
        )

    def _start(self) -> None:
        password = secrets.token_hex()
        self._password_file = self._folder / "password"
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(password)
        configuration = self._folder / "slapd.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                schema=_SCHEMA, folder=self._folder, suffix=_SUFFIX, admin=_ADMIN, password=password
            )
        )
        self.port = free_port()
        program = shutil.which("slapd", path=_SERVERS_PATH)
        if not program:
            raise RuntimeError("slapd is missing: see .ci/run")
        self._process = subprocess.Popen(
            # A level of debugging, even 0, keeps it in the foreground.
            [program, "-d", "0", "-h", self.origin, "-f", str(configuration)],
            stdin=subprocess.DEVNULL,
            # One C call runs between fork and exec: safe with threads.
            preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
        self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS).close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"slapd ended with {self._process.wait(timeout=0.02)}")
        self._process.kill()
        raise RuntimeError(f"slapd did not listen within {START_SECONDS} s")


def _line_of(dn: str) -> list[str]:
    """An entry and its parents, topmost first."""
    parts = dn.split(",")
    return [",".join(parts[start:]) for start in reversed(range(len(parts)))]


def _added(dn: str) -> str:
    kind, _, name = dn.partition(",")[0].partition("=")
    classes = "".join(f"objectClass: {each}\n" for each in _CLASSES[kind.lower()])
    return f"dn: {dn}\nchangetype: add\n{classes}{kind}: {name}\n"
