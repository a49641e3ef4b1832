"""The hospital's own data as FHIR R4: schedules, slots, appointments; and the events of these."""
