"""Programs: published rulebooks, what-if, errata, calendar, recalibration."""
