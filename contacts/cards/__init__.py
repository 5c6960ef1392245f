"""The central contact card: making, printing and sending it, and who still lacks it."""
