"""For admins and the help desk: inspect a file, make a trust document."""
