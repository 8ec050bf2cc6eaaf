"""Many instances: each is run or compared by a command of its own, and one table shows them all, the worst first.

    jobs = read_fleet(Path("instances.toml"), Path("fleet"))      # no secret in it, only where each is found
    results = run_all(jobs, executor, limit=4, on_result=print)   # one at a time per host
    overview(results)

| module | what it does |
| --- | --- |
| `instances` | the fleet file, checked before anything is sent |
| `job` | one instance: what a killed attempt left is cleaned up, then it is run; its result is kept |
| `schedule` | which instance is next, on an executor of this machine or of a Dask cluster |
| `overview` | table, page and JSON of all |
"""
