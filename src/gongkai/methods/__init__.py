"""What the methods in ``transforms/`` stand on 脱敏方法的基础: no method itself, and nothing here imports one."""
