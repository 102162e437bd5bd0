"""Evidence: where the engine agrees with theory, published facts and real data, and where not."""
