"""The version of atrisk, where whoever builds, prints or exports it finds it."""

__version__ = "0.1.0"
