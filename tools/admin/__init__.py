"""For admins: inspect test files, write a trust document, and more. Agents use the form Explain."""
