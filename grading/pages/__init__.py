"""The pages that people read, beside their templates."""
