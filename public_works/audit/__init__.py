"""The audit log: who did what, in a chain for each tenant that shows whether it was touched."""

from public_works.audit.chain import append
from public_works.audit.joining import Act, joined
from public_works.audit.keeping import keeping
from public_works.audit.store import Audit, AuditChain

__all__ = ["Act", "Audit", "AuditChain", "append", "joined", "keeping"]
