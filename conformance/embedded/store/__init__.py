"""What an instance keeps: records, users, settings, and what one request works with."""
