"""What a unit costs when it arrives."""
