"""What a column holds 分类: from its name, its comment and a sample of its values; nothing here reads a source."""
