"""Data: endpoints, schemas, and what goes in and out of tasks."""

from typing import Annotated

from pydantic import AfterValidator, Discriminator, Tag

from symphainy.definition.authentication import Authentication
from symphainy.definition.checks import exactly_one
from symphainy.definition.model import OBJECT, TEXT, Data, Maybe, Model, Object, OrText, shape
from symphainy.definition.uri import Address

__all__ = ["Endpoint", "EndpointObject", "Export", "ExternalResource", "Input", "Output", "Schema"]


class EndpointObject(Model):
    """An address with how to authenticate there."""

    uri: Address
    authentication: Maybe[Authentication] = None


Endpoint = Annotated[
    Annotated[EndpointObject, Tag(OBJECT)] | Annotated[Address, Tag(TEXT)],
    Discriminator(shape),
]


class ExternalResource(Model):
    """Something to be fetched."""

    name: Maybe[str] = None
    endpoint: Endpoint


class SchemaObject(Model):
    """A schema, written here (`document`) or fetched (`resource`)."""

    format: str = "json"
    document: Data = None
    resource: Maybe[ExternalResource] = None


Schema = Annotated[SchemaObject, AfterValidator(exactly_one("document", "resource"))]


class Input(Model):
    """What a workflow or task takes, and how it is shaped first."""

    schema_: Maybe[Schema] = None
    from_: Maybe[OrText[Object]] = None


class Output(Model):
    """What a workflow or task gives."""

    schema_: Maybe[Schema] = None
    as_: Maybe[OrText[Object]] = None


class Export(Model):
    """What becomes the workflow's context."""

    schema_: Maybe[Schema] = None
    as_: Maybe[OrText[Object]] = None
