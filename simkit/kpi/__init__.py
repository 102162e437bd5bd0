"""KPIs: functions of the event table, to be applied to any run, also one already made."""
