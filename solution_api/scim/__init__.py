"""SCIM 2.0: identity providers tell who is let in, and in which groups."""
