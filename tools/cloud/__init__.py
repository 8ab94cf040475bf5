"""The local cloud: the emulator, the stack deployed on it from template.yaml, demo customers."""
