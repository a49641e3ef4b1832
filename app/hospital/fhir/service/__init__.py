"""Use cases of the FHIR facade."""
