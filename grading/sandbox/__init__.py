"""The cage for hostile code, and what attacks it on this machine."""
