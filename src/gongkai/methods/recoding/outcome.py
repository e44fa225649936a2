"""What a recoding makes of a table 结果: its batches written anew, and the summary that a report tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from gongkai.batches import Batches
from gongkai.disclosure import FULL_MASK
from gongkai.methods.recoding.classes import Flags, Numbers
from gongkai.methods.recoding.intake import Intake
from gongkai.methods.recoding.lattice import Node, Recoding
from gongkai.methods.recoding.loss import Loss
from gongkai.methods.recoding.spill import Spill


def written(intake: Intake, node: Node, suppressed: Flags, spill: Spill, names: Sequence[str]) -> Batches:
    """The batches in their order, their columns as in ``names``. ``suppressed``: which of the finest classes are."""
    treated = {name: _texts(intake, place, node[place], suppressed) for place, name in enumerate(intake.rungs)}
    start = 0
    for batch in spill.read():
        places = intake.places[start : start + batch.num_rows]
        start += batch.num_rows
        new = {name: texts.take(pa.array(which[places])) for name, (texts, which) in treated.items()}
        yield pa.record_batch({name: new[name] if name in new else batch.column(name) for name in names})


def summary(intake: Intake, found: Recoding, loss: Loss) -> dict[str, Any]:
    """What was chosen and what it cost, in JSON values.

    A ``loss`` is the share of information that is lost: 0 where every cell has its finest level, 1 where nothing is left.
    ``smallest``: the rows or persons of the smallest class that is not suppressed; ``unfit``: values that did not fit their
    ladder. ``evaluated`` of ``nodes`` combinations of levels had their classes counted, the others were ruled out.
    """
    columns = {
        name: {
            "level": rungs.levels[level],
            "levels": list(rungs.levels),
            "loss": lost / whole if whole else 0.0,
            "unfit": intake.unfit[name],
        }
        for (name, rungs), level, lost, whole in zip(intake.rungs.items(), found.levels, found.losses, loss.whole, strict=True)
    }
    return {
        "rows": len(intake.places),
        "suppressed": found.suppressed,
        "classes": found.classes,
        "smallest": found.smallest,
        "loss": found.loss / sum(loss.whole) if any(loss.whole) else 0.0,
        "columns": columns,
        "evaluated": found.evaluated,
        "nodes": found.nodes,
    }


def _texts(intake: Intake, column: int, level: int, suppressed: Flags) -> tuple[pa.Array, Numbers]:
    """The texts that a column may hold, and which of them each of the finest classes has."""
    rungs = list(intake.rungs.values())[column]
    texts = pa.concat_arrays([rungs.texts[level], pa.array([FULL_MASK])])
    groups = rungs.groups[level][intake.finest.cells[column]]
    return texts, np.where(suppressed, len(texts) - 1, groups).astype(np.int32)
