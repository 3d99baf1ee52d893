"""Reports: reads the tables of a result, formats and draws; computes nothing."""
