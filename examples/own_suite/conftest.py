"""Another project's suite: its tests get a client that deletes what they make, and touches nothing else.

pip install kimai-conformance
export KIMAI_URL=https://staging.example.com KIMAI_TOKEN=…
pytest -p conformance.plugin --kimai-write
"""
