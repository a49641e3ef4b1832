"""Routes of the FHIR facade."""
