"""Columns 列: from the text a source gives to the registered type and its published form."""
