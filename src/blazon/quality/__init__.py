"""Whether a drawing is well made: measures, gates, ranking, and marks that others have."""
