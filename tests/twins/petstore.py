"""A shop of pets, as the conformance kit knows it, with the document that describes it."""

from typing import Any

from tests.twins.web import Answer, Asked

__all__ = ["PETS", "SWAGGER", "petstore"]

PETS: dict[str, dict[str, Any]] = {
    "1": {"id": 1, "name": "Rex", "status": "available", "photoUrls": []},
    "2": {"id": 2, "name": "Mia", "status": "pending", "photoUrls": []},
    "3": {"id": 3, "name": "Tom", "status": "available", "photoUrls": []},
}
STATUS = {"type": "string", "enum": ["available", "pending", "sold"]}
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "A shop of pets", "version": "1.0.0"},
    "host": "petstore.swagger.io",
    "basePath": "/v2",
    "schemes": ["https", "http"],
    "paths": {
        "/pet": {
            "post": {
                "operationId": "addPet",
                "consumes": ["application/json"],
                "parameters": [
                    {
                        "in": "body",
                        "name": "body",
                        "required": True,
                        "schema": {"$ref": "#/definitions/Pet"},
                    }
                ],
                "responses": {"200": {"description": "kept"}},
            }
        },
        "/pet/findByStatus": {
            "get": {
                "operationId": "findPetsByStatus",
                "parameters": [
                    {
                        "name": "status",
                        "in": "query",
                        "required": True,
                        "type": "array",
                        "items": STATUS,
                        "collectionFormat": "multi",
                    }
                ],
                "responses": {"200": {"description": "pets"}},
            }
        },
        "/pet/{petId}": {
            "get": {
                "operationId": "getPetById",
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "type": "integer",
                        "format": "int64",
                    }
                ],
                "responses": {"200": {"description": "a pet"}},
            },
            "post": {
                "operationId": "updatePetWithForm",
                "consumes": ["application/x-www-form-urlencoded"],
                "parameters": [
                    {"name": "petId", "in": "path", "required": True, "type": "integer"},
                    {"name": "name", "in": "formData", "type": "string"},
                    {"name": "status", "in": "formData", "type": "string"},
                ],
                "responses": {"200": {"description": "changed"}},
            },
            "delete": {
                "operationId": "deletePet",
                "parameters": [
                    {"name": "api_key", "in": "header", "type": "string"},
                    {"name": "petId", "in": "path", "required": True, "type": "integer"},
                ],
                "responses": {"200": {"description": "gone"}},
            },
        },
    },
    "definitions": {
        "Pet": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "status": STATUS},
        }
    },
}


def petstore(asked: Asked) -> Answer:
    """Answers what the document promises; what is posted is told back, not kept."""
    path = asked.path.removeprefix("/v2")
    if path == "/swagger.json":
        return Answer(body=SWAGGER)
    if path == "/pet/findByStatus":
        wanted = {one for each in asked.query.get("status", []) for one in each.split(",")}
        return Answer(body=[pet for pet in PETS.values() if pet["status"] in wanted])
    if path == "/pet" and asked.method == "POST":
        return Answer(body={"id": 4, **asked.form})
    pet = PETS.get(path.removeprefix("/pet/"))
    if pet is None:
        return Answer(404, {"code": 1, "type": "error", "message": "Pet not found"})
    if asked.method == "POST":
        return Answer(body={**pet, **asked.form})
    if asked.method == "DELETE":
        return Answer(body={"code": 200, "message": str(pet["id"])})
    return Answer(body=pet)
