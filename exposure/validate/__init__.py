"""How the model stands beside other engines and beside what happened."""
