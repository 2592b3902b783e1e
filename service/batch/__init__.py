"""Many applications at once: a table in, an answer a row out (일괄 진단)."""
