"""For admins and the help desk: inspect files, write a trust document."""
