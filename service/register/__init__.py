"""The register of covered employers (취업심사대상기관): who is on which list, when, as known when."""
