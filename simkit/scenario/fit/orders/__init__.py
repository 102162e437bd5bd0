"""An order history: `stream` reads it, `order_table` holds it, `region_fit` fits it."""
