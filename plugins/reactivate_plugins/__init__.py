"""First-party plug-ins, written as a stranger would write them: they import `reactivate.api` and nothing else."""
