"""From a company's own exports to a scenario: order histories and opportunities are fitted.

Here is what both share: reading text, dates, amounts and columns, what was found, report and region
file (`whole` puts it together). Orders are read and fitted in `orders`, opportunities in `deals`.
"""
