"""The families of datatypes: what a field shows, and how what is posted becomes a value.

One file holds one family. `registry.datatype_for` finds the datatype that a field names; a new file with a subclass of
`datatype.Datatype` needs no other entry.
"""
