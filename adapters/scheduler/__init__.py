"""Makes time pass for the engine; knows nothing about what is done then."""
