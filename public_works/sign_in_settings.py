"""Settings of how long browsers stay signed in."""

from pydantic import BaseModel, Field

__all__ = ["SignInSettings"]


class SignInSettings(BaseModel):
    """The part of the settings that is about sign-ins by an identity provider."""

    sign_in_hours: float = Field(
        8.0,
        gt=0,
        le=24 * 30,
        description="Hours that a browser stays signed in at most; then its person signs in anew.",
    )
    sign_in_idle_minutes: float = Field(
        60.0,
        gt=0,
        le=60 * 24,
        description="Minutes after which a browser is signed out that has asked for nothing.",
    )
