"""What Kimai does with what it is sent: rights, times, rates, colours, timers, and what versions do otherwise."""
