"""Certificates and badges as files: signed credentials (Open Badges 3.0), an accessible PDF, pictures, and the pages on
which anybody can verify them."""
