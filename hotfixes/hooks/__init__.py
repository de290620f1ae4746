"""What forges send to `/in/forge/{key}`: believed only when signed, and then only as a hint to look.

Plain git signs nothing: there the key alone asks for a look.
"""
