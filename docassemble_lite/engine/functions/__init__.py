"""The functions of interviews that have to do with the evaluation itself; each module's `__all__` is open to authors."""
