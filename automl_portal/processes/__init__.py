"""Starts every process of the service under one supervisor: `python -m automl_portal.processes`, called by bin/run.

Plain Python: no Django here, so that the supervisor stays small and survives whatever a child does.
"""
