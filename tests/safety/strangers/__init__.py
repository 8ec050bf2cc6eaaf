"""A stranger in the tests: people at work on an instance, and a network that disturbs, while a run goes on."""
