"""The life of a dataset's entry 目录生命周期: registered, approved, changed, approved anew; and how a city's project begins.

A department drafts an entry as a file and the authority approves what was registered from it. Nothing that is not approved as
it stands, on the basis as it stands, is ever published.
"""

from gongkai.lifecycle.entries import State, Status, apply, approve, approved, renew, status
from gongkai.lifecycle.scaffold import init

__all__ = ["State", "Status", "apply", "approve", "approved", "init", "renew", "status"]
