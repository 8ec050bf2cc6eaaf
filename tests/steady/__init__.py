"""The same verdict again and again: whatever the seed, the processes, the order, the clock, the host, the company."""
