"""What comes from outside: hostile input, full disks, killed processes."""
