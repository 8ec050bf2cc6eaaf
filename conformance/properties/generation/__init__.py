"""What is sent: meanings of attributes, drawn values, odd ones, and records put in their place."""
