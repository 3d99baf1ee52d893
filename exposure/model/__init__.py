"""The one pipeline that joins facts, law, routes and economy."""
