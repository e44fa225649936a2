"""What is registered 登记: entries with revisions, approvals, runs, in one database and one YAML file each."""
