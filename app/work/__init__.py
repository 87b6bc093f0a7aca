"""Work that pages start: jobs over storage, SFTP, CAIS files and documents, joined to the case."""
