"""`symphainy codec`: the keys that payloads are sealed with."""

import sys

from idp.client import Platform, Unreachable

__all__ = ["another_master", "listed", "rewrapped", "rotated"]


def listed() -> int:
    """0; a line for each data key of the tenant on stdout."""
    for one in _platform().get("/v1/codec/keys")["items"]:
        sys.stdout.write(f"{one['id']}  {one['created']}  sealed with {one['master']}\n")
    return 0


def rotated() -> int:
    """0 once another data key seals what is new."""
    made = _platform().post("/v1/codec/keys/rotate").body
    sys.stdout.write(f"{made['id']} seals new payloads, everywhere within a minute\n")
    return 0


def rewrapped() -> int:
    """0 once every data key is sealed with the master key in use."""
    done = _platform().post("/v1/codec/keys/rewrap").body
    sys.stdout.write(f"{done['keys']} data keys sealed anew\n")
    return 0


def another_master() -> int:
    """0 once the home folder has another master key."""
    from public_works import Settings
    from public_works.keyfiles import master_keys, new_master_key
    from symphainy.errors import Refused

    settings = Settings()
    if settings.master_key is not None:
        message = "SYMPHAINY_MASTER_KEY names the master key: let it name another there."
        raise Refused("settings.invalid", message)
    new_master_key(settings.home)
    count = len(master_keys(settings.home))
    sys.stdout.write(
        f"{count} master keys; start the platform anew, then `symphainy codec rewrap`\n"
    )
    return 0


def _platform() -> Platform:
    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found
