"""nginx in front of the web machines, with the configuration that `docker/` has for it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fire.network import Machine
from fire.parts import Part

PORT = 8080
_TEMPLATES = Path(__file__).resolve().parents[3] / "docker" / "nginx"
# in Docker, `web` is a name that leads to all web servers (test_nginx_goes_on.py has that); here it is a group of them
_VALUES = {"WEB": "web", "RESOLVER": "127.0.0.1"}
# nobody is left out for having failed, as nobody is whose name is looked up
_MAIN = """\
daemon off;
master_process off;
pid nginx.pid;
events {{}}
http {{
    upstream web {{ {servers} }}
    include conf.d/*.conf;
}}
"""


def front(folder: Path, machine: Machine, webs: Sequence[str], environment: dict[str, str]) -> Part:
    """nginx on a machine, in front of the web servers at these addresses (host:port)."""
    (folder / "conf.d").mkdir(parents=True)
    for name in ("web.inc", "pages.inc", "http.conf"):
        text = (_TEMPLATES / f"{name}.template").read_text(encoding="utf-8")
        for key, value in _VALUES.items():
            text = text.replace(f"${{{key}}}", value)
        (folder / "conf.d" / name).write_text(text)
    servers = " ".join(f"server {address} max_fails=0;" for address in webs)
    (folder / "nginx.conf").write_text(_MAIN.format(servers=servers))
    # it has no lifeline, but one process, which ends with this program
    command = ["setpriv", "--pdeathsig", "KILL", _program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    return Part("nginx", command, folder, environment, machine=machine, takes_lifeline=False)


def _program() -> str:
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or ""
