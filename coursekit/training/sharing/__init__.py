"""One compiled program for many models: which may share it (`key`), where it runs (`clone`), who has it (`pool`)."""

from coursekit.training.sharing.pool import forget

__all__ = ["forget"]
