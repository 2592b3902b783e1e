"""The self-test on the web, and the same check as an interface for programs (자가진단)."""
