"""What a release is written in 格式: one module per format, each with ``write`` and ``read``; a city adds its own."""
