"""What a duty does to sectors, buyers and jobs."""
