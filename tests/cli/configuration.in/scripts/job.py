# /// script
# requires-python = ">=3.13,<3.15"
# ///
print(1)
