"""Whether a release exposes anybody 风险评估: what its rows tell, and what it tells together with everything that is open.

``assess`` holds a staged table against the policy and against the ledger of open releases; ``record`` enters a release there
before readers can see it. The measures are those of ``gongkai.risk``; here they meet the plan, the rules and the store.
"""

from __future__ import annotations

from gongkai.assessment.assess import Assessment, assess
from gongkai.assessment.ledger import record, settle
from gongkai.assessment.linkage import Linkage
from gongkai.assessment.page import render
from gongkai.assessment.roles import Roles, demanded, roles

__all__ = ["Assessment", "Linkage", "Roles", "assess", "demanded", "record", "render", "roles", "settle"]
