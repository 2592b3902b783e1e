"""A declarative rules engine: dated, typed, stratified Datalog over facts that need not be fully known."""

VERSION = "0.4.0"
