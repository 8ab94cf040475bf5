"""Registering certificates of other institutions (타기관 인증서 등록)."""
