"""The leak scan 泄露扫描: independent of what it watches; its own patterns, proofs, sketch and canaries."""
