"""What stands in for the world in tests: shows, servers, clients, people."""
