"""How easily somebody is found again 重标识风险: in the rows of a staged file, and in what its columns together disclose."""

from __future__ import annotations

from gongkai.risk.classes import Classes
from gongkai.risk.diversity import Diversity
from gongkai.risk.level import Environment, Level
from gongkai.risk.models import Models
from gongkai.risk.population import Uniqueness

__all__ = ["Classes", "Diversity", "Environment", "Level", "Models", "Uniqueness"]
