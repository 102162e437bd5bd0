"""From a company's own exports to a scenario: order histories and opportunities are fitted."""
