"""An opportunity export of a CRM: `deal_rows` reads it, `deal_sample` holds it, `deals` fits it.

The funnel itself is fitted by `stage_fit`, or by `ends_fit` where only the ends of deals are known.
"""
