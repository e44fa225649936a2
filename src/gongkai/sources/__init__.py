"""Where rows come from 采集: one module per kind of source, each with ``describe`` and ``scan``; a city adds its own."""
