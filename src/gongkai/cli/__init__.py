"""The command line: thin faces over the functions a DAG calls too."""
