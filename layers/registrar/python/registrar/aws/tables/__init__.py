"""DynamoDB: one file per noun; every change of a state is one conditional write.

Here: items and their writes. Not here: which change follows which (`steps`), or is allowed (`domain`).
"""
