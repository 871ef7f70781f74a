"""The shared language: definition models, capability and adapter contracts, refusals, catalog data."""  # noqa: E501
