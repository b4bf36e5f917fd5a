"""What a class came to: standings, statistics, similarities, exports."""
