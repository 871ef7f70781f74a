"""The script of the widgets: its modules as one file, so that one hash vouches for all of it."""

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

__all__ = ["Bundle", "bundle", "bundled"]

HERE = Path(__file__).parent
# In a wheel the sources lie beside this package, in a checkout where they are written.
PLACES = (HERE / "sources", HERE.parents[1] / "web" / "widgets")
MAIN = "sym.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORTS = re.compile(r"^export \{[^}]*\};\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) )", re.MULTILINE)


@dataclass(frozen=True)
class Bundle:
    """The script as it is served."""

    content: bytes
    version: str

    @property
    def integrity(self) -> str:
        """What a page writes to take no other script than this."""
        return "sha384-" + b64encode(hashlib.sha384(self.content).digest()).decode()

    @property
    def path(self) -> str:
        """Its address, which will never give anything else."""
        return f"/widgets/{self.version}/{MAIN}"

    @property
    def compressed(self) -> bytes:
        """The same for whoever takes gzip."""
        return gzip.compress(self.content, mtime=0)


@cache
def bundle() -> Bundle:
    """The script of this installation. FileNotFoundError if it came without."""
    folder = next(one for one in PLACES if (one / MAIN).exists())
    content = bundled(folder).encode()
    digest = hashlib.sha256(content).hexdigest()
    return Bundle(content, f"{version('symphainy')}-{digest}")


def bundled(folder: Path) -> str:
    """The modules that `sym.js` in `folder` needs, each behind those that it imports.

    They share one scope: no two may give the same name to something at their top.
    """
    done: dict[str, str] = {}

    def take(name: str) -> None:
        source = (folder / name).read_text(encoding="utf-8")
        done[name] = ""
        for needed in IMPORT.findall(source):
            if needed not in done:
                take(needed)
        # Behind what it needs: a dict keeps the order of first assignment.
        del done[name]
        done[name] = EXPORT.sub("", EXPORTS.sub("", IMPORT.sub("", source))).strip() + "\n"

    take(MAIN)
    return "\n".join(done.values())
