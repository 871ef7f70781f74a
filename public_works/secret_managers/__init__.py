"""Where secrets are kept outside of this machine: AWS Secrets Manager, HashiCorp Vault."""

from public_works.secret_managers.contract import Manager, managers
from public_works.secret_managers.remembered import Remembered

__all__ = ["Manager", "Remembered", "managers"]
