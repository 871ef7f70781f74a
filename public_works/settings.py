"""Settings from the environment, each variable prefixed SYMPHAINY_."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from public_works.network_settings import NetworkSettings, entries
from public_works.secret_settings import SecretSettings
from public_works.sign_in_settings import SignInSettings
from smart_city.trust import SLUG, TrustedIssuer
from symphainy.errors import Refused

__all__ = ["Settings"]

PREFIX = "SYMPHAINY_"
Port = Annotated[int, Field(ge=0, le=65535)]
IssuerId = Annotated[str, Field(pattern=SLUG)]


class Settings(SecretSettings, SignInSettings, NetworkSettings, BaseSettings):
    """What an installation is told from outside; everything has a working default.

    Raises Refused("settings.invalid"), naming the environment variable at fault.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Path = Field(
        Path(".symphainy"),
        description="Folder of everything kept on this machine: database, blobs, keys, secrets.",
    )
    database_url: str | None = Field(
        None,
        description="Database to use, as sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME; "
        "by default a SQLite file in the home folder. PostgreSQL on another machine has to prove "
        "its name by TLS unless `?sslmode=disable` is said; `sslrootcert`, `sslcert` and `sslkey` "
        "name files.",
    )
    temporal_address: str | None = Field(
        None,
        description="host:port of the Temporal server; by default the embedded server is started.",
    )
    temporal_namespace: str = Field(
        "default", min_length=1, description="Temporal namespace that runs live in."
    )
    temporal_port: Port = Field(
        7233, description="Port of the embedded Temporal server; 0 picks a free one."
    )
    temporal_ui_port: Port = Field(
        8233, description="Port of the embedded Temporal UI; 0 picks a free one."
    )
    api_host: str = Field("127.0.0.1", min_length=1, description="Address the API listens on.")
    api_port: Port = Field(8080, description="Port the API listens on; 0 picks a free one.")
    url: str | None = Field(
        None,
        description="URL of the platform that commands talk to; "
        "by default the one running in this folder.",
    )
    api_key: SecretStr | None = Field(
        None, description="API key that commands present to the platform."
    )
    tenant: str = Field(
        "local",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$",
        description="Tenant of the embedded platform: letters, digits, dashes and underscores.",
    )
    issuers: dict[IssuerId, TrustedIssuer] = Field(
        {},
        description="Identity providers whose access tokens are good here for the platform's own "
        'tenant, as JSON by id, such as {"corp": {"issuer": "https://login.example.com", '
        '"audience": "https://symphainy.example.com"}}; tenants say of more over the API.',
    )
    environment: str = Field(
        "production",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$",
        description="Environment that solutions are deployed to and run in unless said otherwise.",
    )
    smtp_host: str | None = Field(
        None, description="Mail server that the smtp adapter hands mails to."
    )
    smtp_port: Port = Field(587, description="Port of the mail server.")
    smtp_username: str | None = Field(None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection to the mail server is encrypted: "
        "starttls (port 587), tls (port 465) or none.",
    )
    smtp_timeout: float = Field(
        20.0, gt=0, description="Seconds to wait for each answer of the mail server."
    )
    mail_from: str | None = Field(
        None, description="Sender of mails whose experience names none, as an address."
    )
    delivery_timeout: float = Field(
        20.0, gt=0, description="Seconds to wait for a provider's answer to a message over HTTP."
    )
    sms_from: str | None = Field(
        None,
        description="Sender of text messages whose experience names none, as a phone number in "
        "E.164 or as whatever else the provider sends from.",
    )
    voice_from: str | None = Field(
        None,
        description="Number that calls come from whose experience names none, in E.164.",
    )
    public_base_url: str | None = Field(
        None,
        description="URL under which the world reaches the API, for callbacks and links; "
        "needed behind a proxy, where the URL seen inside is another one.",
    )
    delivery_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Whom messages reach in environments other than `production`: addresses, "
        "mail domains, numbers, beginnings of numbers such as +4366*, hosts of URLs, separated by "
        "commas or spaces; messages to all others are kept in the sandbox. `*` reaches everybody.",
    )
    unsubscribe_mailto: str | None = Field(
        None,
        pattern=r"^[^\s@<>?]+@[^\s@<>?]+$",
        description="Address that mails name, beside the link, for unsubscribing by mail.",
    )
    topic_titles: dict[str, str | dict[str, str]] = Field(
        {},
        description="Titles of topics on the preference page, as JSON: a text for each topic, or "
        'one by language, such as {"news": {"en": "News", "de": "Neuigkeiten"}}.',
    )
    brand_name: str = Field(
        "", max_length=80, description="Name that pages for end customers show."
    )
    brand_color: str = Field(
        "#0e7490",
        pattern=r"^#[0-9A-Fa-f]{6}$",
        description="Colour of buttons and links on pages for end customers, as #rrggbb.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe level that is logged."
    )
    allow_remote: bool = Field(
        False,
        description="Allow the API to listen on other addresses than loopback; "
        "the connection must then be encrypted in front of it.",
    )
    delivery_reconcile_seconds: float | None = Field(
        None,
        ge=0,
        description="Seconds to wait before asking a provider about a message whose fate is "
        "unknown; by default each adapter's own.",
    )

    rate_principal: float = Field(
        500.0, gt=0, description="Requests a second that come back to a principal's limit."
    )
    rate_principal_burst: int = Field(
        5000, ge=1, description="Requests that one principal may make at once."
    )
    rate_tenant: float = Field(
        1000.0, gt=0, description="Requests a second that come back to a tenant's limit."
    )
    rate_tenant_burst: int = Field(
        10000, ge=1, description="Requests that all principals of a tenant may make at once."
    )
    rate_intents: float = Field(
        200.0, gt=0, description="Intents a second that come back to a tenant's limit."
    )
    rate_intents_burst: int = Field(
        5000, ge=1, description="Intents that all principals of a tenant may send at once."
    )
    intake_at_once: int = Field(
        8,
        ge=1,
        description="Intents that one process starts at Temporal at the same time. While several "
        "tenants send intents, each has one of them, in turn.",
    )
    rate_source: float = Field(
        200.0,
        gt=0,
        description="Requests a second that come back to the limit of an address and a tenant, "
        "for callbacks, links in messages and widgets, where no key is shown.",
    )
    rate_source_burst: int = Field(
        5000, ge=1, description="Requests without a key that one address may make at once."
    )
    rate_doubted: float = Field(
        20.0, gt=0, description="Answers 401 a second that come back to the limit of an address."
    )
    rate_doubted_burst: int = Field(
        2000,
        ge=1,
        description="Answers 401 that one address gets before its keys are no longer looked up.",
    )
    events_keep_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="Days that accepted events are kept for runs that begin to wait for them, and "
        "callbacks and answers to callers after they came.",
    )

    facts_keep_days: int = Field(
        14,
        ge=1,
        le=365,
        description="Days that it is kept what decisions were made on, for `policy replay`; "
        "policies of kind retention say less for a solution.",
    )

    traces: bool = Field(
        True,
        description="Keep spans of what requests and runs do, for the waterfall of a run.",
    )
    traces_keep_days: int = Field(
        7, ge=1, le=365, description="Days that spans are kept here, and alarms that are over."
    )
    traces_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+(/.*)?$",
        description="Collector that spans are sent to as well, by OTLP over HTTP, such as "
        "http://127.0.0.1:4318; by default the one that OTEL_EXPORTER_OTLP_ENDPOINT names.",
    )
    metrics_key: SecretStr | None = Field(
        None,
        description="What Prometheus shows as a bearer token to read `/metrics`; without it only "
        "keys of a platform-admin may.",
    )
    worker_metrics: str | None = Field(
        None,
        pattern=r"^[^:\s]+:[0-9]{1,5}$",
        description="host:port on which a worker pool offers its metrics to Prometheus.",
    )
    temporal_metrics: str | None = Field(
        None,
        pattern=r"^[^:\s]+:[0-9]{1,5}$",
        description="host:port on which Temporal's SDK in a worker pool offers its own metrics.",
    )
    log_format: Literal["auto", "text", "json"] = Field(
        "auto",
        description="How log lines are written: text for people, json for collectors; auto is "
        "text in a terminal and under `symphainy up`, and json elsewhere.",
    )
    access_log: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether each request that somebody is let in for, and each record and "
        "checkpoint of the audit log, has a log line; auto is yes where lines are json. What is "
        "refused has one always.",
    )
    alarm_run_problems: int = Field(
        1, ge=1, description="Runs with failing workflow tasks that raise an alarm."
    )
    alarm_approval_hours: float = Field(
        24.0, ge=0, description="Hours after which an approval that nobody answers is an alarm."
    )
    alarm_poll_minutes: float = Field(
        2.0,
        ge=0,
        description="Minutes that work may wait on a task queue that no worker polls.",
    )
    alarm_unknown: int = Field(
        5, ge=1, description="Deliveries that became unknown within an hour that raise an alarm."
    )
    alarm_dead_letters: int = Field(
        5, ge=1, description="Events given up within an hour that raise an alarm."
    )
    alarm_review_hours: float = Field(
        24.0,
        ge=0,
        description="Hours in which broken glass is to be reviewed; its alarm is critical then.",
    )
    alarm_checkpoint_minutes: float = Field(
        15.0, ge=0, description="Minutes that records of the audit log may be without checkpoint."
    )
    environments: Annotated[tuple[str, ...], NoDecode] = Field(
        ("sandbox", "staging", "production"),
        description="Environments in the order that versions are promoted in, separated by commas "
        "or spaces.",
    )
    approval_free: Annotated[tuple[str, ...], NoDecode] = Field(
        ("sandbox",),
        description="Environments that versions are deployed to without approval; every other "
        "takes approved versions only.",
    )
    approvals_needed: int = Field(
        1, ge=1, le=10, description="Persons who have to approve a version."
    )
    approval_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="Days that a submitted version may wait for approval, and that an approval is "
        "good for deploying.",
    )
    promoted_environments: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Environments that take only versions that ran in the one before, after the "
        "order of SYMPHAINY_ENVIRONMENTS.",
    )
    sole_owners: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Users of the embedded tenant who may deploy, without approval, what they "
        "registered themselves and nobody submitted. `symphainy up` with a Temporal of its own "
        "sets it to `owner`, the user of the folder it runs in; set it empty to have four eyes "
        "there too.",
    )
    payload_encryption: bool = Field(
        True,
        description="Seal what runs carry before it reaches Temporal. Only development may do "
        "without: where SYMPHAINY_ENVIRONMENT is `production`, false is refused.",
    )
    payload_plaintext_before: AwareDatetime | None = Field(
        None,
        description="Runs started before this moment may carry plaintext, from before an upgrade; "
        "everywhere else plaintext is refused.",
    )
    temporal_ui_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+(/.*)?$",
        description="URL of Temporal's own UI, whose pages may ask the codec server for payloads; "
        "by default the embedded one.",
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise Refused("settings.invalid", _told(error)) from None
        except SettingsError as error:
            raise Refused("settings.invalid", f"The environment cannot be read: {error}") from None

    @field_validator(
        "delivery_allow",
        "master_keys_before",
        "environments",
        "approval_free",
        "promoted_environments",
        "sole_owners",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return entries(value)

    @model_validator(mode="after")
    def _sealed(self) -> Self:
        if not self.payload_encryption and self.environment == "production":
            raise ValueError(
                "SYMPHAINY_PAYLOAD_ENCRYPTION is false, which only development may have: "
                "set SYMPHAINY_ENVIRONMENT to another environment than `production`"
            )
        return self

    @field_validator("log_level", "smtp_tls", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def approval_life(self) -> timedelta:
        """How long a review is open, and an approval good."""
        return timedelta(days=self.approval_days)

    @property
    def database(self) -> str:
        """The URL of the database in use."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'symphainy.db'}"


def _told(error: ValidationError) -> str:
    return "; ".join(f"{_variable(one['loc'])}: {one['msg']}" for one in error.errors())


def _variable(place: tuple[int | str, ...]) -> str:
    return PREFIX + str(place[0]).upper() if place else PREFIX + "*"
