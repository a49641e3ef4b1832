"""What stands beside a certificate authority: timestamps, OCSP and revocation lists over HTTP."""
