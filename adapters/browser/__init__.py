"""A complete chat platform in a web page: the embedded default, the author's preview and the rehearsal stage."""
