"""What the law says about a crossing."""
