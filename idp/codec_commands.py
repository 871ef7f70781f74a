"""The commands of `symphainy codec`; they import what they need when they are called."""

import typer

__all__ = ["codec"]

codec = typer.Typer(help="The keys that seal what runs carry in Temporal.", no_args_is_help=True)


@codec.command("keys")
def list_keys() -> int:
    """Show the tenant's data keys, newest first; what is new is sealed with the first."""
    from idp.codec import listed

    return listed()


@codec.command("rotate")
def rotate() -> int:
    """Seal new payloads of the tenant with another data key; those before still open."""
    from idp.codec import rotated

    return rotated()


@codec.command("master")
def master() -> int:
    """Have another master key in the home folder; start the platform anew, then `rewrap`."""
    from idp.codec import another_master

    return another_master()


@codec.command("rewrap")
def rewrap() -> int:
    """Seal every tenant's data keys with the master key that is in use."""
    from idp.codec import rewrapped

    return rewrapped()
