"""Who somebody is: persons, face verification sessions, and the tokens they lead to."""
