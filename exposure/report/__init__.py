"""Reports: reads results, formats and draws; computes nothing."""
